// A series split into trend, cyclical, seasonal and irregular parts.
#include "timeloom/runtime/series/decomposition/components.hpp"

#include "timeloom/runtime/base/as_error.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/series/checks.hpp"
#include "timeloom/runtime/series/decomposition/hp_filter.hpp"

#include <cmath>
#include <string>
#include <utility>

namespace timeloom {

namespace {

std::vector<double> logarithms(std::span<const double> values, const char* what) {
    std::vector<double> result;
    for (const double value : values) {
        if (value <= 0.0)
            throw Error(std::string("components: a multiplicative model needs positive values, but ") + what +
                        " has others; use the additive model");
        result.push_back(std::log(value));
    }
    return result;
}

void exponentiate(std::vector<double>& values) {
    for (double& value : values)
        value = std::exp(value);
}

/// Seasonal part and irregular part, and the trend-cycle in the place of the trend.
Components decompose(std::span<const double> series, std::size_t period, const ComponentOptions& options) {
    if (options.method == DecomposeMethod::classical) {
        auto parts = seasonal_decompose(series, period, {options.model, true, extrapolate_freq});
        return {std::move(parts.trend), {}, std::move(parts.seasonal), std::move(parts.resid)};
    }
    if (options.model == DecomposeModel::additive) {
        auto parts = stl(series, period, options.stl);
        return {std::move(parts.trend), {}, std::move(parts.seasonal), std::move(parts.resid)};
    }
    auto parts = stl(logarithms(series, "the series"), period, options.stl);
    exponentiate(parts.trend);
    exponentiate(parts.seasonal);
    exponentiate(parts.resid);
    return {std::move(parts.trend), {}, std::move(parts.seasonal), std::move(parts.resid)};
}

} // namespace

Components components(std::span<const double> series, std::size_t period,
                      const ComponentOptions& options) try {
    detail::require_series("components", series, 1);
    detail::require_periods("components", series, period);
    const double lambda = options.hp_lambda.value_or(hp_lambda(period));
    Components parts = decompose(series, period, options);
    if (options.model == DecomposeModel::additive) {
        auto [cycle, trend] = hp_filter(parts.trend, lambda);
        parts.cyclical = std::move(cycle);
        parts.trend = std::move(trend);
    } else {
        auto [cycle, trend] = hp_filter(logarithms(parts.trend, "its trend"), lambda);
        exponentiate(cycle);
        exponentiate(trend);
        parts.cyclical = std::move(cycle);
        parts.trend = std::move(trend);
    }
    return parts;
} catch (...) {
    detail::rethrow_as_error("components");
}

} // namespace timeloom
