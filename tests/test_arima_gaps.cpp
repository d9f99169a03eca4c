// Missing values that a filter integrates out, against a Kalman filter in 113 bits and against columns.
#include "airline.timeloom.hpp"
#include "all_factors.timeloom.hpp"
#include "arma22.timeloom.hpp"
#include "arma_coefficients.hpp"
#include "ma3.timeloom.hpp"
#include "orders.timeloom.hpp"
#include "random_walk.timeloom.hpp"
#include "reference_kalman.hpp"
#include "sales.timeloom.hpp"
#include "seasonal_only.timeloom.hpp"

#include "timeloom/runtime/arima/gap_share.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <numbers>

using namespace timeloom;
using namespace timeloom::tests;

namespace {

constexpr std::size_t lanes = dsl::series_lanes;
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
        const bool is_missing =
            t < place ? t == 1 || t == 3 : static_cast<double>(random.uniform()) < share;
        y[t] = is_missing ? missing_value : y[t];
    }
    y[n / 2] = missing_value; // at least one
    return y;
}

/// Eight series and points, and the data made of them.
struct Lanes8 {
    dsl::arima_orders orders;
    std::vector<std::vector<double>> series, exog;
    std::vector<Coefficients> coefficients;
    std::vector<ArimaData> data;
    std::size_t longest = 0, early = 0;

    Lanes8(Random& random, const dsl::arima_orders& o, std::size_t shortest, std::size_t regressors,
           double limit = 0.8)
        : orders(o) {
        const std::size_t place =
            first_filtered_place(orders.filter(), static_cast<std::size_t>(orders.lost()));
        for (std::size_t l = 0; l < lanes; ++l) {
            const std::size_t n = shortest + 3 * l;
            series.push_back(series_with_gaps(random, n, 0.05 + 0.08 * static_cast<double>(l), place));
            std::vector<double>& x = exog.emplace_back(n * regressors);
            for (double& value : x) {
                value = random.normal();
            }
            coefficients.emplace_back(random, orders.filter(), limit);
            data.push_back(prepare(series[l], {x, regressors}, orders, dsl::trend_kind::n));
            longest = std::max(longest, data[l].w.size());
            early = static_cast<std::size_t>(std::ranges::lower_bound(data[l].gaps, place) -
                                             data[l].gaps.begin());
        }
    }

    /// The tile's f by the reference.
    double reference(std::size_t l) const {
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
        const auto n = static_cast<double>(data[l].observations());
        return -kalman(series[l], columns).llf() - 0.5 * n * (1 + std::log(2 * std::numbers::pi)) -
               n * std::log(data[l].scale);
    }
};

/// A tile of the eight, evaluated.
LikelihoodTile evaluated(const LagFilterKernels& kernels, const Lanes8& all, const GapShare& share,
                         const LaneTable& loops = lane_loops()) {
    LikelihoodTile tile(
        kernels,
        tile_shape(all.orders.filter(), all.longest, share, all.data[0].regressors, false), loops);
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

/// Where a tile's gradient holds that of the coefficients.
std::vector<std::size_t> gradient_rows(const dsl::lag_filter& f, const dsl::lag_filter& orders) {
    std::vector<std::size_t> rows;
    const auto add = [&](int first, int count) {
        for (int i = 0; i < count; ++i) {
            rows.push_back(static_cast<std::size_t>(first + i));
        }
    };
    add(0, orders.p);
    add(f.p, orders.seasonal_p);
    add(f.p + f.seasonal_p, orders.q);
    add(f.p + f.seasonal_p + f.q, orders.seasonal_q);
    return rows;
}

void compare(const LagFilterKernels& kernels, const dsl::arima_orders& orders, std::size_t shortest,
             std::size_t regressors) {
    INFO(name_of(orders) << ", " << regressors << " regressors");
    Random random(5, shortest);
    Lanes8 all(random, orders, shortest, regressors);
    const LikelihoodTile tile = evaluated(kernels, all, filtered(all));
    const std::vector<std::size_t> rows = gradient_rows(kernels.filter, orders.filter());
    for (std::size_t l = 0; l < lanes; ++l) {
        INFO("lane " << l << ", " << all.data[l].missing << " gaps of " << all.series[l].size());
        CHECK(tile.value()[l] == Approx(all.reference(l)).epsilon(1e-10).margin(1e-9));
        const std::vector<double*> coefficients = all.coefficients[l].all();
        for (std::size_t k = 0; k < coefficients.size() && (l == 2 || l == 7); ++k) {
            const double slope =
                central_difference(*coefficients[k], 1e-5, [&] { return all.reference(l); });
            INFO("coefficient " << k);
            CHECK(tile.gradient()[rows[k]][l] == Approx(slope).epsilon(1e-7).margin(1e-6));
        }
    }
}

} // namespace

TEST_CASE("filtered gaps give the exact likelihood and its gradient") {
    for (const ArimaKernelTable* table : {&sales_kernels, &arma22_kernels, &ma3_kernels,
                                          &random_walk_kernels, &all_factors_kernels}) {
        for (const std::size_t regressors : {0u, 2u}) {
            compare(table->filters[0], table->orders, 40, regressors);
        }
    }
    compare(airline_kernels.filters[0], airline_kernels.orders, 44, 1);
    compare(seasonal_only_kernels.filters[0], seasonal_only_kernels.orders, 50, 0);
}

TEST_CASE("filtered gaps of smaller orders and other differences than the kernels'") {
    for (const LagFilterKernels& kernels : orders_kernels.filters) {
        const dsl::lag_filter& f = kernels.filter;
        compare(kernels, {f.p > 0 ? f.p - 1 : 0, 2, f.q, 0, 0, 0, f.seasonal_period}, 30, 1);
        compare(kernels, {0, 0, 1, f.seasonal_p, 1, f.seasonal_q, f.seasonal_period}, 34, 0);
    }
}
