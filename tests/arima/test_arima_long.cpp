// Series whose time lies in pieces in the lanes, against the same in one lane.
#include "../support/arma_coefficients.hpp"
#include "airline.timeloom.hpp"
#include "all_factors.timeloom.hpp"
#include "arma22.timeloom.hpp"
#include "ma3.timeloom.hpp"
#include "orders.timeloom.hpp"
#include "random_walk.timeloom.hpp"
#include "sales.timeloom.hpp"
#include "seasonal_only.timeloom.hpp"

#include "timeloom/runtime/arima/estimation/long_series.hpp"
#include "timeloom/runtime/arima/orders/auto_arima.hpp"
#include "timeloom/runtime/base/free_memory.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <string>

using namespace timeloom;
using namespace timeloom::detail;
using namespace timeloom::tests;

namespace {

constexpr std::size_t lanes = plan::series_lanes;

std::vector<double> noise(Random& random, std::size_t n) {
    std::vector<double> values(n);
    for (double& x : values) {
        x = random.normal();
    }
    return values;
}

void compare(const plan::ArimaFilters& table, std::size_t n, std::size_t regressors) {
    INFO(name_of(table.orders) << ", n = " << n << ", " << regressors << " regressors");
    const plan::LagFilterKernels& kernels = table.filters[0];
    const plan::LagFilter& f = kernels.filter;
    Random random(3, n);
    const std::vector<double> w = noise(random, n), columns = noise(random, n * regressors);
    const TileShape shape{
        .orders = f, .most_steps = static_cast<int>(n), .regressors = static_cast<int>(regressors)};
    TileShape of_pieces = shape;
    of_pieces.pieces = true;
    LikelihoodTile whole(kernels, shape), pieces(kernels, of_pieces);
    whole.set_series(0, w, columns);
    pieces.set_pieces(w, columns);
    for (int point = 0; point < 3; ++point) { // one after the other, as in a search
        const Coefficients c(random, f, 0.5);
        set_coefficients(whole, 0, f, c);
        for (std::size_t l = 0; l < lanes; ++l) {
            set_coefficients(pieces, l, f, c);
        }
        for (LikelihoodTile* tile : {&whole, &pieces}) {
            tile->evaluate();
            tile->evaluate_gradient();
        }
        REQUIRE(pieces.has_whole_pieces());
        CHECK(pieces.value()[0] == Approx(whole.value()[0]).epsilon(1e-12).margin(1e-9));
        for (int k = 0; k < f.parameters(); ++k) {
            CHECK(pieces.gradient()[k][0] == Approx(whole.gradient()[k][0]).epsilon(1e-9).margin(1e-9));
        }
        for (int k = 0; k < static_cast<int>(regressors); ++k) {
            CHECK(pieces.column_coefficient(0, k) == Approx(whole.column_coefficient(0, k)).epsilon(1e-9));
        }
    }
}

} // namespace

TEST_CASE("pieces of time give the likelihood and gradient of the whole") {
    for (const plan::ArimaFilters* table :
         {&sales_plan, &airline_plan, &arma22_plan, &ma3_plan, &all_factors_plan, &seasonal_only_plan}) {
        for (const std::size_t n : {6000u, 6013u}) {
            compare(*table, n, 0);
            compare(*table, n, 2);
        }
    }
}

TEST_CASE("pieces are not used where a filter does not forget") {
    const plan::LagFilterKernels& kernels = ma3_plan.filters[0];
    LikelihoodTile pieces(kernels, {.orders = kernels.filter, .most_steps = 4000, .pieces = true});
    Random random(9);
    const std::vector<double> w = noise(random, 4000);
    pieces.set_pieces(w, {});
    pieces.coefficients()[0].lane.fill(-0.999);
    pieces.evaluate();
    CHECK_FALSE(pieces.has_whole_pieces());
}

TEST_CASE("a long series is fitted as its likelihood says") {
    constexpr std::size_t n = 70'000;
    Random random(41);
    std::vector<double> y = noise(random, n);
    double ma = 0, level = 0;
    for (double& x : y) { // (1 - 0.6 B) (y - 3) = (1 - 0.3 B) e
        const double e = x;
        level = 0.6 * level + e - 0.3 * ma;
        ma = e;
        x = 3 + level;
    }
    const Arima model({1, 0, 1, 0, 0, 0, 4}, plan::Trend::c, orders_plan);
    const ArimaResults fitted = model.fit(y);
    CHECK(fitted.status() == FitStatus::converged);
    const std::vector<double> params(fitted.params().begin(), fitted.params().end() - 1);
    for (std::size_t k = 0; k < params.size(); ++k) { // a maximum
        for (const double step : {-2e-4, 2e-4}) {
            std::vector<double> beside = params;
            beside[k] += step;
            CHECK(model.loglike(y, beside) < fitted.llf());
        }
        CHECK(std::abs(params[k] - std::vector{3.0, 0.6, -0.3}[k]) < 4 * fitted.bse()[k]);
    }
    CHECK(model.loglike(y, params) == Approx(fitted.llf()).epsilon(1e-10));
}

TEST_CASE("automatic orders of a long series") {
    Random random(53);
    std::vector<double> y = noise(random, 70'000);
    for (std::size_t t = 1; t < y.size(); ++t) {
        y[t] += 0.7 * y[t - 1];
    }
    AutoArimaOptions options{.d = 0, .D = 0};
    options.max_P = options.max_Q = 0;
    const AutoArimaSelection chosen = AutoArima(orders_plan).select(y, options);
    REQUIRE(chosen.fit.ok());
    const auto aicc_of = [&](int p, int q) {
        return Arima({p, 0, q, 0, 0, 0, 4}, chosen.trend, orders_plan)
            .fit(y, {.cov_type = CovarianceType::none})
            .aicc();
    };
    CHECK(chosen.fit.aicc() == Approx(aicc_of(chosen.orders.p, chosen.orders.q)).margin(1e-4));
    CHECK(chosen.fit.aicc() < aicc_of(1, 0) + 1e-4);
}

TEST_CASE("a long series with a root on the unit circle") {
    constexpr std::size_t n = 66'000;
    Random random(43);
    const std::vector<double> y = noise(random, n);
    const ArimaResults fitted = Arima({0, 1, 1, 0, 0, 0, 4}, plan::Trend::n, orders_plan).fit(y);
    CHECK(fitted.params()[0] == Approx(-1).margin(1e-4));
}

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
namespace {

/// Bytes of a line of this process's status, as VmRSS: what of it is in memory.
double bytes_of(const std::string& name) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with(name + ":")) {
            return 1024 * std::stod(line.substr(name.size() + 1));
        }
    }
    return 0;
}

} // namespace

TEST_CASE("a long series takes ten times its memory to fit") {
    constexpr std::size_t n = 600'000;
    Random random(71);
    std::vector<double> y = noise(random, n);
    for (std::size_t t = 1; t < n; ++t) {
        y[t] += 0.5 * y[t - 1];
    }
    const Arima model({1, 0, 1, 0, 0, 0, 4}, plan::Trend::n, orders_plan);
    model.fit(noise(random, 70'000)); // the program's own share
    give_back_free_memory();
    std::ofstream("/proc/self/clear_refs") << 5; // the most from here on
    const double before = bytes_of("VmRSS"), series = 8.0 * n;
    if (bytes_of("VmHWM") > before + series) {
        WARN("what was used before cannot be told apart here");
        return;
    }
    model.fit(y);
    CHECK(bytes_of("VmHWM") - before < 9 * series); // besides itself
}
#endif
