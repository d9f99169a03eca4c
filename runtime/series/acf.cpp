// Autocorrelations of a series and the Ljung-Box test on them.
#include "timeloom/runtime/series/acf.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/series/autocovariance.hpp"
#include "timeloom/runtime/series/checks.hpp"
#include "timeloom/runtime/series/distributions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace timeloom {

namespace detail {

std::vector<double> autocovariance(std::span<const double> series, std::size_t nlags, bool adjusted) {
    const std::size_t n = series.size();
    const double centre = mean(series);
    std::vector<double> values(nlags + 1);
    for (std::size_t lag = 0; lag <= nlags; ++lag) {
        double sum = 0.0;
        for (std::size_t t = lag; t < n; ++t)
            sum += (series[t] - centre) * (series[t - lag] - centre);
        values[lag] = sum / static_cast<double>(adjusted ? n - lag : n);
    }
    return values;
}

double two_sided_z(double alpha) {
    if (!(alpha > 0.0 && alpha < 1.0))
        throw Error("A confidence interval needs an alpha between 0 and 1, but got " + std::to_string(alpha) +
                    ".");
    return normal_quantile(1.0 - alpha / 2.0);
}

std::size_t lags_or_default(const char* function, std::size_t size, std::optional<std::size_t> nlags,
                            std::size_t most) {
    if (nlags && *nlags > most)
        throw Error(std::string(function) + " of " + std::to_string(size) + " values has at most " +
                    std::to_string(most) + " lags, but " + std::to_string(*nlags) + " were asked for.");
    return nlags.value_or(
        std::min(most, static_cast<std::size_t>(10.0 * std::log10(static_cast<double>(size)))));
}

} // namespace detail

Correlogram acf(std::span<const double> series, std::optional<std::size_t> nlags, const AcfOptions& options) {
    detail::require_series("acf", series, 2);
    detail::require_varying("acf", series);
    const double z = detail::two_sided_z(options.alpha);
    const std::size_t last = detail::lags_or_default("acf", series.size(), nlags, series.size() - 1);
    Correlogram result;
    result.values = detail::autocovariance(series, last, options.adjusted);
    const double scale = result.values[0];
    double squares = 0.0;
    for (std::size_t lag = 0; lag <= last; ++lag) {
        const double value = result.values[lag] /= scale;
        const double variance = lag == 0 ? 0.0 : (1.0 + 2.0 * squares) / static_cast<double>(series.size());
        result.lower.push_back(value - z * std::sqrt(variance));
        result.upper.push_back(value + z * std::sqrt(variance));
        if (lag > 0)
            squares += value * value;
    }
    return result;
}

LjungBox ljung_box(std::span<const double> series, std::size_t lags, std::size_t model_df) {
    if (lags == 0)
        throw Error("ljung_box needs at least one lag.");
    const Correlogram correlations = acf(series, lags);
    const auto n = static_cast<double>(series.size());
    LjungBox result;
    double sum = 0.0;
    for (std::size_t lag = 1; lag <= lags; ++lag) {
        const double r = correlations.values[lag];
        sum += r * r / (n - static_cast<double>(lag));
        result.statistic.push_back(n * (n + 2.0) * sum);
        result.p_value.push_back(lag > model_df
                                     ? chi2_sf(result.statistic.back(), static_cast<double>(lag - model_df))
                                     : std::numeric_limits<double>::quiet_NaN());
    }
    return result;
}

} // namespace timeloom
