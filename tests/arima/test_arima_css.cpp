// Conditional least squares of series with missing values, against R and the recursion in long double.
#include "../support/golden_file.hpp"
#include "all_factors.timeloom.hpp"
#include "monthly_orders.timeloom.hpp"
#include "yearly_orders.timeloom.hpp"

#include "reference_arma.hpp"
#include "timeloom/runtime/arima/arima.hpp"
#include "timeloom/runtime/arima/estimation/conditional_sum.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/simd/random.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace timeloom;
using namespace timeloom::detail;
using namespace timeloom::tests;
using nlohmann::json;

namespace {

using Long = std::vector<long double>;

constexpr double missing_value = std::numeric_limits<double>::quiet_NaN();

std::vector<double> presidents(const json& file) {
    std::vector<double> y;
    for (const json& x : file.at("series").at("presidents").at("values")) {
        y.push_back(x.is_null() ? missing_value : x.get<double>());
    }
    return y;
}

/// Coefficients of a model in the order φ, Φ, θ, Θ.
struct Point {
    plan::LagFilter orders;
    std::vector<double> coefficients;

    std::vector<double> part(int first, int count) const {
        const auto begin = coefficients.begin() + first;
        return {begin, begin + count};
    }
    ReferenceArma expanded_arma() const {
        const plan::LagFilter& o = orders;
        const auto s = static_cast<std::size_t>(o.seasonal_period);
        return {
            expanded(part(0, o.p), part(o.p, o.seasonal_p), s, -1.0),
            expanded(part(o.p + o.seasonal_p, o.q), part(o.p + o.seasonal_p + o.q, o.seasonal_q), s, 1.0)};
    }
};

/// The residuals that count, by the definition, and zeros elsewhere; `there` is whether w_t is observed.
Long residuals(const Point& point, const Long& w, const std::vector<bool>& there, std::size_t& count) {
    const ReferenceArma arma = point.expanded_arma();
    Long e(w.size());
    count = 0;
    for (std::size_t t = arma.phi.size(); t < w.size(); ++t) {
        bool known = true;
        for (std::size_t k = 0; k <= arma.phi.size(); ++k) {
            known = known && there[t - k];
        }
        if (!known) {
            continue;
        }
        ++count;
        e[t] = w[t];
        for (std::size_t k = 1; k <= arma.phi.size(); ++k) {
            e[t] -= static_cast<long double>(arma.phi[k - 1]) * w[t - k];
        }
        for (std::size_t k = 1; k <= arma.theta.size() && k <= t; ++k) {
            e[t] -= static_cast<long double>(arma.theta[k - 1]) * e[t - k];
        }
    }
    return e;
}

/// n/2 log(S/n) with the best coefficient of one regressor, in units of y.
double reference_objective(const Point& point, const std::vector<double>& w, const std::vector<double>& x,
                           std::size_t& count) {
    std::vector<bool> there;
    Long values, column;
    for (std::size_t t = 0; t < w.size(); ++t) {
        there.push_back(!std::isnan(w[t]));
        values.push_back(there[t] ? w[t] : 0.0L);
        column.push_back(x.empty() ? 0.0L : x[t]);
    }
    const Long e = residuals(point, values, there, count), f = residuals(point, column, there, count);
    long double ee = 0, ef = 0, ff = 0;
    for (std::size_t t = 0; t < e.size(); ++t) {
        ee += e[t] * e[t];
        ef += e[t] * f[t];
        ff += f[t] * f[t];
    }
    const long double sum = ff > 0 ? ee - ef * ef / ff : ee;
    const auto n = static_cast<long double>(count);
    return static_cast<double>(0.5L * n * std::log(sum / n));
}

std::vector<double> simulated(std::size_t n, std::uint64_t seed, double share_missing) {
    Random random(seed);
    std::vector<double> y(n);
    double x = 0, before = 0;
    for (double& value : y) {
        const double next = random.normal();
        x = 0.6 * x + next + 0.4 * before;
        before = next;
        value = x;
    }
    for (double& value : y) {
        value = random.uniform() < share_missing ? missing_value : value;
    }
    return y;
}

} // namespace

TEST_CASE("residuals that need a missing value are left out as R leaves them out") {
    const json file = golden::read("r_arima.json");
    for (const json& c : file.at("cases")) {
        if (c.at("series") != "presidents") {
            continue;
        }
        const json& fixed = c.at("fixed");
        const std::vector<double> coefficients = fixed.at("coefficients");
        std::vector<double> y = presidents(file);
        for (double& value : y) {
            value -= coefficients.back(); // the mean
        }
        const auto o = c.at("order").get<std::array<int, 3>>();
        const auto s = c.at("seasonal_order").get<std::array<int, 4>>();
        const plan::ArimaOrders orders{o[0], o[1], o[2], s[0], s[1], s[2], std::max(1, s[3])};
        const ArimaData data = prepare(y, {}, orders, plan::Trend::n);
        const PointValue value =
            ConditionalSum(orders.filter(), data).at(std::span(coefficients).first(coefficients.size() - 1));
        INFO(c.at("name"));
        const double sigma2 = value.variance * data.scale * data.scale;
        CHECK(sigma2 == Approx(fixed.at("css").at("sigma2").get<double>()).epsilon(1e-12));
        CHECK(sigma2 * static_cast<double>(value.observations) ==
              Approx(fixed.at("css").at("sum_of_squares").get<double>()).epsilon(1e-12));
        // And where it is least.
        const Arima model = s[0] > 0 ? Arima(orders, plan::Trend::c, all_factors_plan)
                                     : Arima(orders, plan::Trend::c, yearly_orders_plan);
        const ArimaResults best = model.fit(presidents(file), {.method = ArimaMethod::css});
        CHECK(best.status() == FitStatus::converged);
        CHECK(best.sigma2() == Approx(c.at("css").at("sigma2").get<double>()).epsilon(1e-6));
    }
}

TEST_CASE("conditional sums and their gradients are those of the definition") {
    const std::vector<Point> points{{{2, 0, 1, 0, 1}, {0.5, 0.2, 0.4}},
                                    {{0, 0, 2, 0, 1}, {0.7, -0.2}},
                                    {{1, 0, 0, 0, 1}, {-0.4}},
                                    {{0, 0, 0, 0, 1}, {}},
                                    {{1, 1, 1, 1, 4}, {0.5, 0.3, -0.4, 0.6}},
                                    {{0, 0, 0, 2, 4}, {0.5, 0.2}},
                                    {{2, 1, 0, 0, 4}, {0.5, -0.3, 0.4}}};
    std::vector<double> x;
    for (std::size_t t = 0; t < 120; ++t) {
        x.push_back(std::sin(0.3 * static_cast<double>(t * t)));
    }
    for (const double share : {0.02, 0.1}) {
        const std::vector<double> y = simulated(120, 7, share);
        for (const Point& point : points) {
            for (const bool regression : {false, true}) {
                const Regressors exog{regression ? std::span<const double>(x) : std::span<const double>{},
                                      regression};
                plan::ArimaOrders orders{point.orders.p,
                                         0,
                                         point.orders.q,
                                         point.orders.seasonal_p,
                                         0,
                                         point.orders.seasonal_q,
                                         point.orders.seasonal_period};
                const ArimaData data = prepare(y, exog, orders, plan::Trend::n);
                const PointValue value = ConditionalSum(point.orders, data).at(point.coefficients);
                const std::vector<double> column = regression ? x : std::vector<double>{};
                std::size_t count = 0;
                const double expected = reference_objective(point, y, column, count);
                const double n = static_cast<double>(count);
                INFO(name_of(orders) << ", " << share << ", regression " << regression);
                CHECK(value.observations == count);
                CHECK(value.objective + n * std::log(data.scale) == Approx(expected).margin(1e-10 * n));
                for (std::size_t k = 0; k < point.coefficients.size(); ++k) {
                    constexpr double h = 1e-4;
                    const auto at = [&](double step) {
                        Point moved = point;
                        moved.coefficients[k] += step;
                        return reference_objective(moved, y, column, count);
                    };
                    const double slope =
                        (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h); // to fourth order
                    CHECK(value.gradient[k] == Approx(slope).margin(1e-7 * n));
                }
            }
        }
    }
}

TEST_CASE("without missing values the sum is that of the kernels") {
    const std::vector<double> y = simulated(90, 3, 0.0);
    const plan::ArimaOrders orders{1, 0, 1, 1, 0, 1, 4};
    const std::vector<double> point{0.5, 0.3, -0.4, 0.6};
    const Arima model(orders, plan::Trend::c, all_factors_plan);
    const ArimaData data = prepare(y, {}, orders, plan::Trend::c);
    const PointValue ours = ConditionalSum(orders.filter(), data).at(point);
    const PointValue theirs = evaluate(model.kernels(), orders.filter(), data, std::span(&point, 1), true)[0];
    CHECK(ours.objective == Approx(theirs.objective).epsilon(1e-12));
    CHECK(ours.observations == theirs.observations);
    CHECK(ours.column_coefficients[0] == Approx(theirs.column_coefficients[0]).epsilon(1e-9));
    CHECK(ours.regressor_covariance[0] == Approx(theirs.regressor_covariance[0]).epsilon(1e-9));
    for (std::size_t k = 0; k < point.size(); ++k) {
        CHECK(ours.gradient[k] == Approx(theirs.gradient[k]).epsilon(1e-9).margin(1e-9));
    }
}

TEST_CASE("fits by conditional least squares with missing values are minima, alone and in batches") {
    const Arima model(plan::ArimaOrders{1, 1, 1, 0, 0, 1, 12}, plan::Trend::n, monthly_orders_plan);
    std::vector<double> y = simulated(150, 12, 0.04), x;
    double level = 0;
    for (std::size_t t = 0; t < y.size(); ++t) {
        x.push_back(std::cos(0.7 * static_cast<double>(t * t)));
        level += std::isnan(y[t]) ? 0 : y[t];
        y[t] = std::isnan(y[t]) ? y[t] : level + 3 * x[t];
    }
    const Regressors exog{x, 1};
    const ArimaResults css = model.fit(y, {.method = ArimaMethod::css, .exog = exog});
    CHECK(css.converged());
    CHECK(css.params()[0] == Approx(3).margin(0.5));
    for (const double error : css.bse()) {
        CHECK((error > 0 && error < 1));
    }
    // The reference's objective at the estimates is the log-likelihood, and no neighbour's is lower.
    std::vector<double> w, dx;
    for (std::size_t t = 1; t < y.size(); ++t) {
        w.push_back(y[t] - y[t - 1]);
        dx.push_back(x[t] - x[t - 1]);
    }
    Point best{model.orders().filter(), {css.params()[1], css.params()[2], css.params()[3]}};
    std::size_t count = 0;
    const double lowest = reference_objective(best, w, dx, count);
    const auto n = static_cast<double>(count);
    CHECK(css.llf() == Approx(-lowest - 0.5 * n * (1 + std::log(2 * 3.14159265358979323846))).epsilon(1e-10));
    for (double& c : best.coefficients) {
        for (const double step : {-1e-3, 1e-3}) {
            c += step;
            CHECK(reference_objective(best, w, dx, count) > lowest);
            c -= step;
        }
    }
    const std::vector<ArimaFit> many = model.fit_many(std::vector<std::vector<double>>(3, y),
                                                      {.fit = {.method = ArimaMethod::css, .exog = exog}});
    for (const ArimaFit& fit : many) {
        CHECK(fit.llf == Approx(css.llf()).margin(1e-6));
        CHECK(fit.nobs == count);
    }
    const ArimaResults ml = model.fit(y, {.exog = exog});
    const ArimaResults both = model.fit(y, {.method = ArimaMethod::css_mle, .exog = exog});
    CHECK(both.llf() == Approx(ml.llf()).margin(1e-5));
    CHECK(css.forecast(3, {.exog = {std::span(x).first(3), 1}}).predicted_mean.size() == 3);
}

TEST_CASE("missing values that leave no residuals are told") {
    const Arima model(plan::ArimaOrders{2, 0, 0}, plan::Trend::n, yearly_orders_plan);
    std::vector<double> y = simulated(40, 5, 0.0);
    for (std::size_t t = 2; t < y.size(); t += 3) {
        y[t] = missing_value;
    }
    CHECK_THROWS_WITH(
        model.fit(y, {.method = ArimaMethod::css}),
        "conditional least squares of ARIMA(2, 0, 0) have 0 residuals that need no missing value, "
        "but more than its 2 parameters are needed; use ArimaMethod::mle");
    const ArimaFit fit = model.fit_many(std::span(&y, 1), {.fit = {.method = ArimaMethod::css}})[0];
    CHECK_FALSE(fit.ok());
    CHECK_THAT(fit.message, Catch::Contains("use ArimaMethod::mle"));
    CHECK(model.fit(y, {.method = ArimaMethod::css_mle}).llf() == Approx(model.fit(y).llf()).margin(1e-6));
}
