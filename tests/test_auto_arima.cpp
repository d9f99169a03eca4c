// Order selection against R's auto.arima, and what it does with series that have no order.
#include "monthly_orders.timeloom.hpp"
#include "orders.timeloom.hpp"
#include "yearly_orders.timeloom.hpp"

#include "arima_models.hpp"
#include "golden_file.hpp"
#include "timeloom/runtime/arima/auto_arima.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/random.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using namespace timeloom;
using namespace timeloom::tests;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

std::vector<double> values_of(const nlohmann::json& series) {
    std::vector<double> y;
    for (const nlohmann::json& value : series.at("values")) {
        const double x = value.is_null() ? nan : value.get<double>();
        const std::string transform = series.at("transform");
        y.push_back(transform == "log" ? std::log(x) : transform == "log10" ? std::log10(x) : x);
    }
    return y;
}

struct Family {
    AutoArima search;
    const ArimaKernelTable& kernels;
};

Family family_of(int period) {
    switch (period) {
    case 1:
        return {{yearly_orders, yearly_orders_kernels}, yearly_orders_kernels};
    case 4:
        return {{orders, orders_kernels}, orders_kernels};
    default:
        return {{monthly_orders, monthly_orders_kernels}, monthly_orders_kernels};
    }
}

std::string described(const AutoArimaSelection& s) {
    return name_of(s.orders) + (s.trend == dsl::trend_kind::n ? "" : " with constant") + ", AICc " +
           std::to_string(s.fit.aicc()) + ", " + std::to_string(s.tried.size()) + " models";
}

/// A random walk of ARMA(1, 1) steps with a season.
std::vector<double> simulated(std::size_t n, std::size_t season, std::uint64_t seed) {
    Random random(seed);
    std::vector<double> y(n);
    double x = 0, e = 0, level = 0;
    for (std::size_t t = 0; t < n; ++t) {
        const double next = random.normal();
        x = 0.6 * x + next + 0.3 * e;
        e = next;
        level += x;
        y[t] = 100 + level + 5 * std::sin(6.28318530717958648 * static_cast<double>(t % season) /
                                              static_cast<double>(season));
    }
    return y;
}

bool same_bits(const AutoArimaSelection& a, const AutoArimaSelection& b) {
    return a.orders == b.orders && a.trend == b.trend && a.fit.params == b.fit.params &&
           a.fit.llf == b.fit.llf && a.fit.sigma2 == b.fit.sigma2 && a.tried.size() == b.tried.size();
}

} // namespace

TEST_CASE("no order has a higher AICc than the one that R's auto.arima chooses") {
    const nlohmann::json values = golden::read("r_arima.json");
    for (const nlohmann::json& r : values.at("auto_arima_exact")) {
        const nlohmann::json& series = values.at("series").at(r.at("series").get<std::string>());
        const std::vector<double> y = values_of(series);
        const Family family = family_of(series.at("frequency"));
        const AutoArimaSelection ours = family.search.select(y);
        const std::vector<int> order = r.at("order"), seasonal = r.at("seasonal_order");
        const dsl::arima_orders theirs{order[0],    order[1],    order[2],   seasonal[0],
                                       seasonal[1], seasonal[2], seasonal[3]};
        const auto& names = r.at("coefficients");
        const bool constant = names.contains("intercept") || names.contains("drift");
        const auto trend = constant ? dsl::trend_kind::differenced_mean : dsl::trend_kind::n;
        const ArimaFit fit =
            Arima(theirs, trend, family.kernels).fit_many(std::span(&y, 1), {.threads = 1})[0];
        INFO(r.at("series") << ": ours " << described(ours) << "; theirs " << name_of(theirs) << " AICc "
                            << fit.aicc() << " constant " << constant);
        CHECK(ours.fit.ok());
        CHECK(ours.orders.d == theirs.d);
        CHECK(ours.orders.seasonal_d == theirs.seasonal_d);
        CHECK(ours.fit.aicc() <= fit.aicc() + 1e-6);
        WARN(r.at("series") << ": ours " << described(ours) << "; theirs " << name_of(theirs) << " AICc "
                            << fit.aicc() << " constant " << constant);
    }
}
