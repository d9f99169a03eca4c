// Autocorrelations of a series, and the tests of Ljung and Box and of Box and Pierce on them.
#include "timeloom/runtime/series/acf.hpp"

#include "timeloom/runtime/base/as_error.hpp"
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
    const std::vector<double> x = scaled(series).values;
    const std::size_t n = x.size();
    const double centre = mean(x);
    std::vector<double> values(nlags + 1);
    for (std::size_t lag = 0; lag <= nlags; ++lag) {
        double sum = 0.0;
        for (std::size_t t = lag; t < n; ++t)
            sum += (x[t] - centre) * (x[t - lag] - centre);
        values[lag] = sum / static_cast<double>(adjusted ? n - lag : n);
    }
    return values;
}

double two_sided_z(double alpha) {
    if (!(alpha > 0.0 && alpha < 1.0))
        throw Error("a confidence interval needs an alpha between 0 and 1, but got " + std::to_string(alpha));
    return normal_quantile(1.0 - alpha / 2.0);
}

std::size_t lags_or_default(const char* function, std::size_t size, std::optional<std::size_t> nlags,
                            std::size_t most) {
    if (nlags && *nlags > most)
        throw Error(std::string(function) + " of " + std::to_string(size) + " values has at most " +
                    std::to_string(most) + " lags, but " + std::to_string(*nlags) + " were asked for");
    return nlags.value_or(
        std::min(most, static_cast<std::size_t>(10.0 * std::log10(static_cast<double>(size)))));
}

} // namespace detail

Correlogram acf(std::span<const double> series, std::optional<std::size_t> nlags,
                const AcfOptions& options) try {
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
} catch (...) {
    detail::rethrow_as_error("acf");
}

namespace {

/// Q_k = sum of weight(i) r_i^2 over the lags i up to k.
template <class Weight>
CorrelationTest correlation_test(const char* function, std::span<const double> series, std::size_t lags,
                                 std::size_t model_df, const Weight& weight) {
    if (lags == 0)
        throw Error(std::string(function) + " needs at least one lag");
    const Correlogram correlations = acf(series, lags);
    CorrelationTest result;
    double sum = 0.0;
    for (std::size_t lag = 1; lag <= lags; ++lag) {
        const double r = correlations.values[lag];
        sum += weight(static_cast<double>(lag)) * r * r;
        result.statistic.push_back(sum);
        result.p_value.push_back(lag > model_df
                                     ? chi2_sf(result.statistic.back(), static_cast<double>(lag - model_df))
                                     : std::numeric_limits<double>::quiet_NaN());
    }
    return result;
}

} // namespace

LjungBox ljung_box(std::span<const double> series, std::size_t lags, std::size_t model_df) try {
    const auto n = static_cast<double>(series.size());
    return correlation_test("ljung_box", series, lags, model_df,
                            [n](double lag) { return n * (n + 2.0) / (n - lag); });
} catch (...) {
    detail::rethrow_as_error("ljung_box");
}

BoxPierce box_pierce(std::span<const double> series, std::size_t lags, std::size_t model_df) try {
    const auto n = static_cast<double>(series.size());
    return correlation_test("box_pierce", series, lags, model_df, [n](double) { return n; });
} catch (...) {
    detail::rethrow_as_error("box_pierce");
}

} // namespace timeloom
