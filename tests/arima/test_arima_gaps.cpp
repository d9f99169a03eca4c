// Missing values that a filter integrates out, against a Kalman filter in 113 bits and against columns.
#include "../support/arma_coefficients.hpp"
#include "airline.timeloom.hpp"
#include "all_factors.timeloom.hpp"
#include "arma22.timeloom.hpp"
#include "ma3.timeloom.hpp"
#include "orders.timeloom.hpp"
#include "random_walk.timeloom.hpp"
#include "reference_kalman.hpp"
#include "sales.timeloom.hpp"
#include "seasonal_only.timeloom.hpp"

#include "timeloom/runtime/arima/arima.hpp"
#include "timeloom/runtime/arima/data/arima_orders.hpp"
#include "timeloom/runtime/arima/likelihood/gap_share.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <numbers>

using namespace timeloom;
using namespace timeloom::detail;
using namespace timeloom::tests;

namespace {

constexpr std::size_t lanes = plan::series_lanes;
constexpr double missing_value = std::numeric_limits<double>::quiet_NaN();

/// A random walk with noise; a share of its values from `place` on is missing, but for the last, and two
/// before.
std::vector<double> series_with_gaps(Random& random, std::size_t n, double share, std::size_t place) {
    std::vector<double> y(n);
    double level = 5;
    for (double& x : y) {
        level += random.normal();
        x = level + random.normal();
    }
    for (std::size_t t = 1; t + 1 < n; ++t) {
        const bool is_missing = t < place ? t == 1 || t == 3 : static_cast<double>(random.uniform()) < share;
        y[t] = is_missing ? missing_value : y[t];
    }
    y[n / 2] = missing_value; // at least one
    return y;
}

/// Eight series and points, and the data made of them.
struct Lanes8 {
    plan::ArimaOrders orders;
    std::vector<std::vector<double>> series, exog;
    std::vector<Coefficients> coefficients;
    std::vector<ArimaData> data;
    std::size_t longest = 0, early = 0;

    Lanes8(Random& random, const plan::ArimaOrders& o, std::size_t shortest, std::size_t regressors,
           double limit = 0.8)
        : orders(o) {
        const auto place = static_cast<std::size_t>(orders.lost());
        for (std::size_t l = 0; l < lanes; ++l) {
            const std::size_t n = shortest + 3 * l;
            series.push_back(series_with_gaps(random, n, 0.05 + 0.08 * static_cast<double>(l), place));
            std::vector<double>& x = exog.emplace_back(n * regressors);
            for (double& value : x) {
                value = random.normal();
            }
            coefficients.emplace_back(random, orders.filter(), limit);
            data.push_back(prepare(series[l], {x, regressors}, orders, plan::Trend::n));
            longest = std::max(longest, data[l].w.size());
            early = static_cast<std::size_t>(std::ranges::lower_bound(data[l].gaps, place) -
                                             data[l].gaps.begin());
        }
    }

    /// The tile's f by the reference, but for a constant; and with it.
    Real exact(std::size_t l) const {
        const ReferenceLikelihood parts = likelihood(l);
        const auto n = static_cast<Real>(parts.observations);
        return (n * logarithm(parts.sum_of_squares / n) + parts.log_determinant) / 2;
    }
    double reference(std::size_t l) const {
        const auto n = static_cast<double>(data[l].observations());
        return -likelihood(l).llf() - 0.5 * n * (1 + std::log(2 * std::numbers::pi)) -
               n * std::log(data[l].scale);
    }

    ReferenceLikelihood likelihood(std::size_t l) const {
        const ReferenceKalman kalman(coefficients[l].reference(orders.filter()),
                                     difference_polynomial(orders));
        std::vector<std::vector<double>> columns;
        const std::size_t regressors = data[l].regressors;
        for (std::size_t k = 0; k < regressors; ++k) {
            for (std::size_t i = k; i < exog[l].size(); i += regressors) {
                columns.resize(k + 1);
                columns[k].push_back(exog[l][i]);
            }
        }
        return kalman(series[l], columns);
    }

    /// The derivative of exact(l) with respect to coefficient k, by differences of fourth order.
    double slope(std::size_t l, double& coefficient) const {
        constexpr double h = 1e-4;
        const double before = coefficient;
        const auto at = [&](double steps) {
            coefficient = before + steps * h;
            return exact(l);
        };
        const Real difference = at(-2) - 8 * at(-1) + 8 * at(1) - at(2);
        coefficient = before;
        return static_cast<double>(difference) / (12 * h);
    }
};

/// A tile of the eight, evaluated.
LikelihoodTile evaluated(const plan::LagFilterKernels& kernels, const Lanes8& all, const GapShare& share,
                         const LaneTable& loops = lane_loops()) {
    LikelihoodTile tile(
        kernels, tile_shape(all.orders.filter(), all.longest, share, all.data[0].regressors, false), loops);
    for (std::size_t l = 0; l < lanes; ++l) {
        set_series(tile, l, all.data[l], share);
        set_coefficients(tile, l, kernels.filter, all.coefficients[l]);
    }
    tile.evaluate();
    tile.evaluate_gradient();
    return tile;
}

GapShare filtered(const Lanes8& all) {
    return {.columns = all.early, .filtered = true, .lost = all.orders.lost()};
}

void compare(const plan::LagFilterKernels& kernels, Lanes8& all) {
    const plan::ArimaOrders& orders = all.orders;
    const LikelihoodTile tile = evaluated(kernels, all, filtered(all));
    const std::vector<std::size_t> rows = gradient_rows(kernels.filter, orders.filter());
    for (std::size_t l = 0; l < lanes; ++l) {
        INFO("lane " << l << ", " << all.data[l].missing << " gaps of " << all.series[l].size());
        CHECK(tile.value()[l] == Approx(all.reference(l)).epsilon(1e-10).margin(1e-9));
        const std::vector<double*> coefficients = all.coefficients[l].all();
        for (std::size_t k = 0; k < coefficients.size() && (l == 2 || l == 7); ++k) {
            INFO("coefficient " << k);
            CHECK(tile.gradient()[rows[k]][l] ==
                  Approx(all.slope(l, *coefficients[k])).epsilon(1e-9).margin(1e-9));
        }
    }
}

void compare(const plan::LagFilterKernels& kernels, const plan::ArimaOrders& orders, std::size_t shortest,
             std::size_t regressors) {
    INFO(name_of(orders) << ", " << regressors << " regressors");
    Random random(5, shortest);
    Lanes8 all(random, orders, shortest, regressors);
    compare(kernels, all);
}

} // namespace

TEST_CASE("filtered gaps give the exact likelihood and its gradient") {
    for (const plan::ArimaFilters* table :
         {&sales_plan, &arma22_plan, &ma3_plan, &random_walk_plan, &all_factors_plan}) {
        for (const std::size_t regressors : {0u, 2u}) {
            compare(table->filters[0], table->orders, 40, regressors);
        }
    }
    compare(airline_plan.filters[0], airline_plan.orders, 44, 1);
    compare(seasonal_only_plan.filters[0], seasonal_only_plan.orders, 50, 0);
}

TEST_CASE("filtered gaps of smaller orders and other differences than the kernels'") {
    for (const plan::LagFilterKernels& kernels : orders_plan.filters) {
        const plan::LagFilter& f = kernels.filter;
        compare(kernels, {f.p > 0 ? f.p - 1 : 0, 2, f.q, 0, 0, 0, f.seasonal_period}, 30, 1);
        compare(kernels, {0, 0, 1, f.seasonal_p, 1, f.seasonal_q, f.seasonal_period}, 34, 0);
    }
}

namespace {

/// All lanes with the values of the first that are missing at these places.
void set_missing(Lanes8& all, std::initializer_list<std::size_t> places) {
    Random random(17);
    std::vector<double> y =
        series_with_gaps(random, all.longest + static_cast<std::size_t>(all.orders.lost()), 0, 0);
    y[y.size() / 2] = 4;
    for (const std::size_t place : places) {
        y[place] = missing_value;
    }
    all.early = 0;
    for (const std::size_t place : places) {
        all.early += place < static_cast<std::size_t>(all.orders.lost()) ? 1 : 0;
    }
    for (std::size_t l = 0; l < lanes; ++l) {
        all.series[l] = y;
        all.data[l] = prepare(y, {all.exog[l], 0}, all.orders, plan::Trend::n);
    }
    all.longest = all.data[0].w.size();
}

} // namespace

TEST_CASE("filtered gaps so far apart that each is forgotten") {
    Random random(61);
    for (const plan::ArimaFilters* table : {&ma3_plan, &arma22_plan, &all_factors_plan}) {
        INFO(table->name);
        Lanes8 all(random, table->orders, 380, 0, 0.4);
        set_missing(all, {120, 121, 260, 300, 303});
        compare(table->filters[0], all);
    }
}

TEST_CASE("a season whose first values are missing is known late") {
    const plan::ArimaOrders orders{0, 1, 1, 0, 1, 1, 4};
    const auto serves = [&](const plan::LagFilterKernels& kernels) {
        return kernels.filter.serves(orders.filter());
    };
    const plan::LagFilterKernels& kernels = *std::ranges::find_if(orders_plan.filters, serves);
    Random random(67);
    Lanes8 all(random, orders, 80, 0);
    set_missing(all, {1, 3, 5, 9, 13, 17, 21, 25, 29, 33, 37, 41, 45, 49, 60});
    compare(kernels, all);
    set_missing(all, {2, 3, 6, 10, 14, 18, 22, 26, 30, 34, 38, 42, 46, 50, 54, 58, 62, 66, 70, 74});
    compare(kernels, all);
}

TEST_CASE("filtered gaps and columns give the same") {
    Random random(23);
    for (const plan::ArimaFilters* table : {&arma22_plan, &all_factors_plan, &airline_plan}) {
        const plan::ArimaOrders& orders = table->orders;
        Lanes8 all(random, orders, 70, 1);
        for (std::size_t l = 0; l < lanes; ++l) { // as many gaps in all lanes
            all.series[l] = all.series[2];
            all.exog[l] = all.exog[2];
            all.data[l] = all.data[2];
        }
        const LikelihoodTile columns = evaluated(table->filters[0], all, {.columns = all.data[0].missing});
        for (const LaneTable* loops : runnable_lane_tables()) {
            const LikelihoodTile tile = evaluated(table->filters[0], all, filtered(all), *loops);
            for (std::size_t l = 0; l < lanes; ++l) {
                CHECK(tile.value()[l] == Approx(columns.value()[l]).epsilon(1e-11).margin(1e-10));
                CHECK(tile.column_coefficient(l, static_cast<int>(all.early)) ==
                      Approx(columns.column_coefficient(l, static_cast<int>(all.data[0].missing)))
                          .epsilon(1e-9));
                for (int k = 0; k < orders.filter().parameters(); ++k) {
                    CHECK(tile.gradient()[k][l] ==
                          Approx(columns.gradient()[k][l]).epsilon(1e-9).margin(1e-9));
                }
            }
        }
    }
}

TEST_CASE("filtered gaps near the unit circle") {
    Random random(29);
    for (const plan::ArimaFilters* table : {&arma22_plan, &ma3_plan, &all_factors_plan}) {
        const plan::ArimaOrders& orders = table->orders;
        Lanes8 all(random, orders, 60, 0, 0.9999);
        for (std::size_t l = 0; l < lanes; ++l) { // moving averages all but at it
            std::vector<double>& theta = all.coefficients[l].theta;
            const double far = 1 - std::pow(10.0, -1 - static_cast<double>(l));
            theta = theta.size() == 1 ? std::vector{-far} : std::vector<double>(theta.size());
            if (theta.size() > 1) {
                theta = {-2 * far * std::cos(0.7), far * far};
                theta.resize(static_cast<std::size_t>(orders.q));
            }
        }
        const LikelihoodTile tile = evaluated(table->filters[0], all, filtered(all));
        for (std::size_t l = 0; l < lanes; ++l) {
            INFO("lane " << l);
            CHECK(tile.value()[l] == Approx(all.reference(l)).epsilon(1e-9).margin(1e-8));
        }
    }
}

TEST_CASE("one long gap") {
    const plan::ArimaOrders orders{1, 2, 1, 0, 0, 0, 4};
    Random random(47);
    Lanes8 all(random, orders, 200, 0);
    for (std::size_t l = 0; l < lanes; ++l) {
        std::vector<double>& y = all.series[l];
        y = series_with_gaps(random, y.size(), 0, 3);
        std::fill_n(y.begin() + 40, 10 + 15 * static_cast<std::ptrdiff_t>(l), missing_value);
        y[1] = 5; // all but the gap is there
        all.data[l] = prepare(y, {}, orders, plan::Trend::n);
    }
    all.early = 0;
    const auto serves = [&](const plan::LagFilterKernels& kernels) {
        return kernels.filter.serves(orders.filter());
    };
    const LikelihoodTile tile =
        evaluated(*std::ranges::find_if(orders_plan.filters, serves), all, filtered(all));
    for (std::size_t l = 0; l < lanes; ++l) {
        CHECK(tile.value()[l] == Approx(all.reference(l)).epsilon(1e-10).margin(1e-8));
    }
}

namespace {

/// Mean and variance, in units of the innovations', of a value given all others: of S as its function.
struct Conditional {
    double mean, variance;
};
Conditional conditional(const ReferenceKalman& kalman, std::vector<double> y, std::size_t place) {
    const auto squares = [&](double value) {
        y[place] = value;
        return kalman(y).sum_of_squares;
    };
    const Real down = squares(-1), middle = squares(0), up = squares(1);
    const Real curvature = (up + down) / 2 - middle;
    return {static_cast<double>((down - up) / (4 * curvature)), static_cast<double>(1 / curvature)};
}

std::vector<double> first(const std::vector<double>& y, std::size_t count) {
    return {y.begin(), y.begin() + static_cast<std::ptrdiff_t>(count)};
}

/// Predictions, smoothed values and forecasts of a model at some parameters.
void compare_results(const plan::ArimaFilters& table, std::size_t n, double share) {
    INFO(name_of(table.orders) << " with a share of " << share);
    const plan::ArimaOrders& orders = table.orders;
    const auto lost = static_cast<std::size_t>(orders.lost());
    Random random(31, n);
    const std::size_t start =
        lost +
        static_cast<std::size_t>(std::max(1, orders.filter().ar_degree() - orders.filter().ma_degree()));
    const std::vector<double> y = series_with_gaps(random, n, share, start);
    const Coefficients c(random, orders.filter());
    std::vector<double> params = c.phi; // statsmodels' order
    for (const std::vector<double>* part : {&c.theta, &c.seasonal_phi, &c.seasonal_theta}) {
        params.insert(params.end(), part->begin(), part->end());
    }
    const ArimaResults results = Arima(orders, plan::Trend::n, table).smooth(y, params, {}, 1.0);
    const ReferenceKalman kalman(c.reference(orders.filter()), difference_polynomial(orders));
    const ArimaForecast predictions = results.predictions();
    for (std::size_t t = n - 12; t < n; ++t) { // far from the start, as all are told there
        INFO("observation " << t);
        const Conditional expected = conditional(kalman, first(y, t + 1), t);
        CHECK(predictions.predicted_mean[t - lost] == Approx(expected.mean).epsilon(1e-9));
        CHECK(predictions.se_mean[t - lost] == Approx(std::sqrt(expected.variance)).epsilon(1e-9));
        if (std::isnan(y[t])) {
            CHECK(results.smoothed_series()[t] == Approx(conditional(kalman, y, t).mean).epsilon(1e-9));
        }
    }
    const ArimaForecast forecast = results.forecast(3);
    std::vector<double> later = y;
    for (std::size_t h = 0; h < 3; ++h) {
        later.push_back(missing_value);
        const Conditional expected = conditional(kalman, later, n + h);
        CHECK(forecast.predicted_mean[h] == Approx(expected.mean).epsilon(1e-9));
        CHECK(forecast.se_mean[h] == Approx(std::sqrt(expected.variance)).epsilon(1e-9));
    }
}

} // namespace

TEST_CASE("predictions, smoothed values and forecasts with any share of gaps") {
    for (const double share : {0.03, 0.3, 0.6}) {
        for (const plan::ArimaFilters* table :
             {&sales_plan, &arma22_plan, &ma3_plan, &random_walk_plan, &all_factors_plan}) {
            compare_results(*table, 60, share);
        }
    }
    compare_results(airline_plan, 50, 0.3);
}

TEST_CASE("standard errors by outer products with gaps are near those by the Hessian") {
    Random random(37);
    const std::vector<double> y = series_with_gaps(random, 3000, 0.5, 2);
    const Arima model({0, 1, 1, 0, 0, 0, 4}, plan::Trend::n, orders_plan);
    const ArimaResults by_hessian = model.fit(y);
    const ArimaResults by_products = model.fit(y, {.cov_type = CovarianceType::opg});
    CHECK(by_products.bse()[0] == Approx(by_hessian.bse()[0]).epsilon(0.1));
}
