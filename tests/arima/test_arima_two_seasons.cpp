// Models with two seasons.
#include "../support/arma_coefficients.hpp"
#include "../support/temporary_folder.hpp"
#include "double_airline.timeloom.hpp"
#include "reference_kalman.hpp"
#include "two_seasonals.timeloom.hpp"

#include "timeloom/runtime/arima/arima.hpp"
#include "timeloom/runtime/arima/arima_stream.hpp"
#include "timeloom/runtime/arima/data/arima_orders.hpp"
#include "timeloom/runtime/arima/likelihood/filter_series.hpp"
#include "timeloom/runtime/arima/likelihood/likelihood_tile.hpp"
#include "timeloom/runtime/arima/orders/auto_arima.hpp"
#include "timeloom/runtime/error.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

using namespace timeloom;
using namespace timeloom::detail;
using namespace timeloom::tests;

namespace {

using Values = std::vector<double>;

/// Coefficients in the order of the kernels, and the polynomials that they make.
struct Model {
    plan::LagFilter f;
    Values c;

    Model(Random& random, const plan::LagFilter& filter, double limit) : f(filter) {
        for (const plan::LagFactor& factor : plan::factors(f)) {
            for (const double x : random_factor(random, factor.terms, limit)) {
                c.push_back(factor.moving_average ? -x : x);
            }
        }
    }
    ReferenceArma reference() const {
        auto next = c.begin();
        const auto take = [&](int count) {
            const Values part(next, next + count);
            next += count;
            return part;
        };
        const auto s = static_cast<std::size_t>(f.seasonal_period),
                   s2 = static_cast<std::size_t>(f.second_period);
        const Values ar = take(f.p), seasonal_ar = take(f.seasonal_p), second_ar = take(f.second_p);
        const Values ma = take(f.q), seasonal_ma = take(f.seasonal_q), second_ma = take(f.second_q);
        return {expanded(expanded(ar, seasonal_ar, s, -1), second_ar, s2, -1),
                expanded(expanded(ma, seasonal_ma, s, 1), second_ma, s2, 1)};
    }
};

Values random_values(Random& random, std::size_t n) {
    Values values(n);
    for (double& x : values) {
        x = random.normal();
    }
    return values;
}

double exact_objective(const ReferenceArma& arma, const Values& w) {
    const GaussianParts parts = gaussian_parts(arma, w);
    const auto n = static_cast<double>(w.size());
    return 0.5 * n * std::log(parts.sum_of_squares / n) + 0.5 * parts.log_determinant;
}

template <class Objective>
void check_tile(const plan::LagFilterKernels& kernels, bool conditional, int longest_dense,
                const Objective& objective) {
    INFO("conditional " << conditional << ", longest dense presample " << longest_dense);
    Random random(41);
    Model model(random, kernels.filter, 0.7);
    const Values w = random_values(random, 70);
    LikelihoodTile tile(kernels, {.orders = kernels.filter,
                                  .most_steps = 70,
                                  .conditional = conditional,
                                  .longest_dense_presample = longest_dense});
    tile.set_series(0, w, {});
    for (std::size_t k = 0; k < model.c.size(); ++k) {
        tile.coefficients()[k][0] = model.c[k];
    }
    tile.evaluate();
    tile.evaluate_gradient();
    const auto value = [&] { return objective(model.reference(), w); };
    CHECK(tile.value()[0] == Approx(value()).epsilon(1e-9).margin(1e-9));
    for (std::size_t k = 0; k < model.c.size(); ++k) {
        INFO("coefficient " << k);
        CHECK(tile.gradient()[k][0] ==
              Approx(central_difference(model.c[k], 1e-5, value)).epsilon(2e-5).margin(1e-4));
    }
}

/// Of (1 - B)^d (1 - B^s)^D (1 - B^s2)^D2.
Values delta_of(const plan::ArimaOrders& o) {
    Values delta{1.0};
    const auto times = [&](int lag, int power) {
        for (int k = 0; k < power; ++k) {
            Values next(delta.size() + static_cast<std::size_t>(lag));
            for (std::size_t i = 0; i < delta.size(); ++i) {
                next[i] += delta[i];
                next[i + static_cast<std::size_t>(lag)] -= delta[i];
            }
            delta = next;
        }
    };
    times(1, o.d);
    times(o.seasonal_period, o.seasonal_d);
    times(o.second_period, o.second_d);
    return delta;
}

} // namespace

TEST_CASE("filters of two seasons equal naive loops over the expanded polynomials") {
    for (const plan::ArimaFilters* table : {&double_airline_plan, &two_seasonals_plan}) {
        const plan::LagFilterKernels& kernels = table->filters[0];
        Random random(43);
        const Model model(random, kernels.filter, 0.6);
        const ReferenceArma arma = model.reference();
        const Values w = random_values(random, 61);
        const FilteredSeries filtered =
            filter_series(kernels, kernels.filter, model.c, std::vector<Values>{w}, 0)[0];
        Values e(w.size());
        for (std::size_t t = 0; t < w.size(); ++t) {
            e[t] = w[t];
            for (std::size_t i = 1; i <= arma.phi.size() && i <= t; ++i) {
                e[t] -= arma.phi[i - 1] * w[t - i];
            }
            for (std::size_t j = 1; j <= arma.theta.size() && j <= t; ++j) {
                e[t] -= arma.theta[j - 1] * e[t - j];
            }
            CHECK(filtered.residuals[t] == Approx(e[t]).epsilon(1e-11).margin(1e-11));
        }
    }
}

TEST_CASE("likelihoods and gradients with two seasons") {
    for (const plan::ArimaFilters* table : {&double_airline_plan, &two_seasonals_plan}) {
        INFO(table->name);
        const plan::LagFilterKernels& kernels = table->filters[0];
        for (const int longest_dense : {1000, 0}) {
            check_tile(kernels, false, longest_dense, exact_objective);
        }
        check_tile(kernels, true, 1000, conditional_objective);
    }
}

TEST_CASE("a model with two seasons from simulation to file") {
    const Arima model(double_airline_plan);
    CHECK(model.param_names() == std::vector<std::string>{"ma.L1", "ma.S.L4", "ma.S.L12"});
    const Values truth{-0.4, -0.5, -0.6};
    const Values y = model.simulate(truth, 2.0, 150, 5);
    const ArimaResults results = model.fit(y);
    CHECK(results.converged());
    CHECK(results.llf() >= model.loglike(y, truth));
    CHECK_THAT(results.summary(), Catch::Contains("(0, 1, 1)4") && Catch::Contains("(0, 1, 1)12"));

    Values params = results.params();
    params.pop_back();
    const ReferenceArma arma{{}, expanded(expanded({params[0]}, {params[1]}, 4, 1), {params[2]}, 12, 1)};
    const Values delta = delta_of(model.orders());
    CHECK(difference_polynomial(model.orders()) == delta);
    CHECK(results.llf() == Approx(ReferenceKalman(arma, delta)(y).llf()).epsilon(1e-9));

    const TemporaryFolder folder;
    results.save(folder.path() / "two.json");
    const ArimaResults loaded = ArimaResults::load(folder.path() / "two.json", double_airline_plan);
    const ArimaForecast forecast = results.forecast(30);
    CHECK(loaded.forecast(30).predicted_mean == forecast.predicted_mean);
    CHECK(loaded.forecast(30).se_mean == forecast.se_mean);

    // One step ahead the innovation, two steps ahead that and what ψ₁ = θ₁ + 1 makes of it.
    const double sigma = std::sqrt(results.params().back());
    CHECK(results.predictions().se_mean.back() == Approx(sigma).epsilon(0.05));
    CHECK(forecast.se_mean[1] / forecast.se_mean[0] ==
          Approx(std::sqrt(1 + (1 + params[0]) * (1 + params[0]))).epsilon(0.02));
    ArimaStream stream(model.smooth(std::span(y).first(140), params));
    for (const double x : std::span(y).last(10)) {
        stream.update(x);
    }
    for (std::size_t h = 0; h < 30; ++h) {
        CHECK(stream.forecast(30).predicted_mean[h] ==
              Approx(forecast.predicted_mean[h]).epsilon(1e-8).margin(1e-8));
    }

    const Arima rich(two_seasonals_plan);
    CHECK(rich.param_names() == std::vector<std::string>{"const", "ar.L1", "ma.L1", "ar.S.L5", "ma.S.L5",
                                                         "ar.S.L7", "ma.S.L7", "ma.S.L14"});
    const Values rich_truth{0.5, 0.4, 0.3, 0.3, -0.6, 0.5, 0.2, 0.1};
    const Values z = rich.simulate(rich_truth, 1.0, 200, 9);
    CHECK(rich.fit(z).llf() >= rich.loglike(z, rich_truth));
    CHECK(rich.fit(z, {.method = ArimaMethod::css}).converged());
    const ReferenceArma of_rich{expanded(expanded({0.4}, {0.3}, 5, -1), {0.5}, 7, -1),
                                expanded(expanded({0.3}, {-0.6}, 5, 1), {0.2, 0.1}, 7, 1)};
    const Values rich_delta = delta_of(rich.orders());
    Values level = integrated_ones(rich_delta, z.size());
    Values less = z;
    for (std::size_t t = 0; t < z.size(); ++t) {
        less[t] -= 0.5 * level[t];
    }
    // The mean at its best value is no worse than the one given.
    CHECK(rich.smooth(z, rich_truth).llf() ==
          Approx(ReferenceKalman(of_rich, rich_delta)(less).llf()).epsilon(1e-9));
}

TEST_CASE("orders of two seasons that are none are refused") {
    const auto message = [](const plan::ArimaOrders& orders) -> std::string {
        try {
            Arima(orders, plan::Trend::n, double_airline_plan);
        } catch (const Error& error) {
            return error.what();
        }
        return "";
    };
    CHECK(message({0, 1, 1, 0, 1, 1, 4, 0, 1, 1, 12}).empty());
    CHECK(message({0, 1, 1, 0, 1, 1, 4}).empty());
    CHECK(message({0, 1, 1, 0, 1, 1, 12, 0, 1, 1, 4}) ==
          "ARIMA(0, 1, 1)(0, 1, 1)12(0, 1, 1)4 has a second season of 4 observations; it must be longer than "
          "the first, and a model without one has 1");
    CHECK(message({0, 1, 1, 0, 1, 3, 4, 0, 1, 1, 12}) ==
          "ARIMA(0, 1, 1)(0, 1, 3)4(0, 1, 1)12 has lags that are also those of its second season; take lower "
          "orders");
    CHECK_THAT(message({0, 1, 1, 0, 1, 1, 4, 0, 1, 1, 24}), Catch::Contains("do not serve"));
    CHECK_THROWS_WITH(AutoArima({0, 1, 1, 0, 1, 1, 4, 1, 1, 1, 12}, double_airline_plan),
                      Catch::Contains("do not serve"));
}

namespace {

/// A walk with steps of its own for each of two seasons.
Values with_two_seasons(std::size_t n, std::uint64_t seed) {
    Random random(seed);
    Values week(5), month(7), y;
    for (Values* season : {&week, &month}) {
        std::ranges::generate(*season, [&] { return 8 * random.normal(); });
    }
    double x = 0;
    for (std::size_t t = 0; t < n; ++t) {
        x = 0.6 * x + random.normal();
        month[t % 7] += 0.3 * random.normal();
        y.push_back(x + week[t % 5] + month[t % 7]);
    }
    return y;
}

} // namespace

TEST_CASE("automatic orders over two seasons are the best of all that may be tried") {
    const plan::ArimaOrders most{1, 1, 1, 1, 1, 1, 5, 1, 1, 1, 7};
    const AutoArima automatic(most, two_seasonals_plan);
    const Values y = with_two_seasons(150, 3);
    const AutoArimaSelection walk = automatic.select(y);
    REQUIRE(walk.fit.status == FitStatus::converged);
    CHECK(walk.orders.seasonal_period == 5);
    CHECK(walk.orders.second_period == 7);

    const AutoArimaSelection full = automatic.select(y, {.max_order = 6, .stepwise = false});
    const bool has_constant = std::ranges::any_of(
        full.tried, [](const TriedOrders& tried) { return tried.trend != plan::Trend::n; });
    CHECK(full.tried.size() == (has_constant ? 128 : 64)); // each of six orders 0 or 1
    CHECK(full.fit.aicc() <= walk.fit.aicc() + 1e-4);
    CHECK(walk.tried.size() < full.tried.size());
    // The criterion of every model tried is that of its own fit, or of a lower maximum of it.
    double least = HUGE_VAL;
    for (std::size_t i = 0; i < full.tried.size(); i += 3) {
        const TriedOrders& tried = full.tried[i];
        const double aicc = Arima(tried.orders, tried.trend, two_seasonals_plan).fit(y).aicc();
        INFO(name_of(tried.orders));
        CHECK(aicc <= tried.aicc + 1e-4);
        least = tried.taken ? std::min(least, aicc) : least;
    }
    CHECK(full.fit.aicc() <= least + 0.02);
    // What was chosen is fitted, and forecasts.
    const ArimaResults results = automatic.fit(y, full);
    CHECK(results.llf() == Approx(full.fit.llf).margin(1e-4));
    CHECK(results.forecast(14).predicted_mean.size() == 14);

    // Differences that are given are taken.
    const AutoArimaSelection given = automatic.select(y, {.d = 0, .D = 1, .second_D = 0});
    CHECK(given.orders.differences() == 1);
    CHECK(given.orders.seasonal_d == 1);
    CHECK_THROWS_WITH(
        automatic.select(y, {.d = 1, .D = 1, .second_D = 2}),
        "auto-ARIMA: d is 1 and D 1 and second_D 2; more than 3 differences leave nothing to model");
}

TEST_CASE("a series without a second season gets no worse a model where one may be") {
    Random random(11);
    Values y;
    double x = 0;
    for (int t = 0; t < 120; ++t) {
        y.push_back(x = 0.7 * x + random.normal());
    }
    const AutoArimaSelection one = AutoArima({1, 1, 1, 1, 1, 1, 5}, two_seasonals_plan).select(y);
    const AutoArimaSelection two = AutoArima({1, 1, 1, 1, 1, 1, 5, 1, 1, 1, 7}, two_seasonals_plan).select(y);
    CHECK(two.orders.differences() == one.orders.differences());
    CHECK(two.fit.aicc() <= one.fit.aicc() + 1e-4);
}
