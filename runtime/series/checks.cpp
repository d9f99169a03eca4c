// What every function of this folder checks about a series before it computes.
#include "timeloom/runtime/series/checks.hpp"

#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

namespace timeloom::detail {

void require_series(const char* function, std::span<const double> series, std::size_t minimum) {
    const auto bad =
        std::find_if(series.begin(), series.end(), [](double value) { return !std::isfinite(value); });
    if (bad != series.end())
        throw Error(std::string(function) + ": value " + std::to_string(bad - series.begin()) +
                    " of the series (from 0) is missing or infinite; fill in such values first");
    if (series.size() < minimum)
        throw Error(std::string(function) + " needs at least " + std::to_string(minimum) +
                    " values, but the series has " + std::to_string(series.size()));
}

void require_varying(const char* function, std::span<const double> series) {
    if (std::all_of(series.begin(), series.end(), [&](double value) { return value == series.front(); }))
        throw Error(std::string(function) + " is undefined for a constant series");
}

void require_periods(const char* function, std::span<const double> series, std::size_t period) {
    if (period < 2)
        throw Error(std::string(function) + " needs a period of at least 2, but got " +
                    std::to_string(period));
    // Divided, because twice a huge period would overflow.
    if (series.size() / 2 < period)
        throw Error(std::string(function) + " needs two whole periods, but the series has " +
                    std::to_string(series.size()) + " values and the period is " + std::to_string(period));
}

double ScaledSeries::back(double value) const { return std::ldexp(value, exponent); }

void ScaledSeries::back(const char* function, std::span<double> parts) const {
    for (double& value : parts) {
        value = back(value);
        if (std::isinf(value))
            throw Error(std::string(function) +
                        ": a component is beyond the range of double; divide the series by 4");
    }
}

ScaledSeries scaled(std::span<const double> series) {
    double largest = 0.0;
    for (const double value : series)
        if (std::isfinite(value))
            largest = std::max(largest, std::abs(value));
    ScaledSeries result;
    result.exponent = largest > 0.0 ? std::ilogb(largest) : 0;
    result.values.reserve(series.size());
    for (const double value : series)
        result.values.push_back(std::ldexp(value, -result.exponent));
    return result;
}

double mean(std::span<const double> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double variance(std::span<const double> values, double divisor) {
    const double centre = mean(values);
    double sum = 0.0;
    for (const double value : values)
        sum += (value - centre) * (value - centre);
    return sum / divisor;
}

} // namespace timeloom::detail
