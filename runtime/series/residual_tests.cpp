// Tests on the residuals of a model, and summary statistics of a series.
#include "timeloom/runtime/series/residual_tests.hpp"

#include "timeloom/runtime/base/as_error.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/series/checks.hpp"
#include "timeloom/runtime/series/distributions.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

namespace timeloom {

JarqueBera jarque_bera(std::span<const double> resid) try {
    detail::require_series("jarque_bera", resid, 2);
    detail::require_varying("jarque_bera", resid);
    const auto n = static_cast<double>(resid.size());
    std::vector<double> deviation = detail::scaled(resid).values;
    const double centre = detail::mean(deviation);
    for (double& value : deviation)
        value -= centre;
    double second = 0.0;
    double third = 0.0;
    double fourth = 0.0;
    // Scaled again, for deviations may be small beside the mean.
    for (const double d : detail::scaled(deviation).values) {
        second += d * d;
        third += d * d * d;
        fourth += d * d * d * d;
    }
    const double variance = second / n;
    JarqueBera result{};
    result.skew = third / n / std::pow(variance, 1.5);
    result.kurtosis = fourth / n / (variance * variance);
    const double excess = result.kurtosis - 3.0;
    result.statistic = n / 6.0 * (result.skew * result.skew + excess * excess / 4.0);
    result.p_value = chi2_sf(result.statistic, 2.0);
    return result;
} catch (...) {
    detail::rethrow_as_error("jarque_bera");
}

namespace {

struct MeanSquare {
    double value = 0.0;
    double count = 0.0;
};

MeanSquare mean_square(std::span<const double> resid) {
    MeanSquare square;
    for (const double value : resid)
        if (!std::isnan(value)) {
            square.value += value * value;
            square.count += 1.0;
        }
    square.value /= square.count;
    return square;
}

/// With chi-squared, count times the ratio takes the place of the ratio, whose denominator counts as known.
double ratio_p_value(const MeanSquare& numerator, const MeanSquare& denominator, bool use_f, bool two_sided) {
    const double ratio = numerator.value / denominator.value;
    const double upper = use_f ? f_sf(ratio, numerator.count, denominator.count)
                               : chi2_sf(numerator.count * ratio, numerator.count);
    if (!two_sided)
        return upper;
    const double lower = use_f ? f_cdf(ratio, numerator.count, denominator.count)
                               : chi2_cdf(numerator.count * ratio, numerator.count);
    return 2.0 * std::min(lower, upper);
}

} // namespace

Heteroskedasticity heteroskedasticity_test(std::span<const double> resid,
                                           const HeteroskedasticityOptions& options) try {
    if (!(options.subset_length > 0.0 && options.subset_length <= 0.5))
        throw Error("heteroskedasticity_test needs a subset_length above 0 and at most 0.5, but got " +
                    std::to_string(options.subset_length));
    const auto part =
        static_cast<std::size_t>(std::nearbyint(static_cast<double>(resid.size()) * options.subset_length));
    const std::vector<double> values = detail::scaled(resid).values;
    MeanSquare first = mean_square(std::span(values).first(part));
    MeanSquare last = mean_square(std::span(values).last(part));
    if (first.count < 2.0 || last.count < 2.0 || first.value == 0.0 || last.value == 0.0 ||
        !std::isfinite(first.value + last.value))
        throw Error("heteroskedasticity_test compares the first and last " + std::to_string(part) + " of " +
                    std::to_string(resid.size()) +
                    " residuals, and needs two finite ones in each part that are not all 0");
    if (options.alternative == Alternative::decreasing)
        std::swap(first, last);
    return {last.value / first.value,
            ratio_p_value(last, first, options.use_f, options.alternative == Alternative::two_sided)};
} catch (...) {
    detail::rethrow_as_error("heteroskedasticity_test");
}

namespace {

double quantile(std::span<const double> sorted, double probability) {
    const double position = probability * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return std::lerp(sorted[below], sorted[above], position - static_cast<double>(below));
}

} // namespace

Description describe(std::span<const double> series) try {
    std::vector<double> sorted;
    std::copy_if(series.begin(), series.end(), std::back_inserter(sorted),
                 [](double value) { return !std::isnan(value); });
    detail::require_series("describe", sorted, 1);
    std::sort(sorted.begin(), sorted.end());
    Description result{};
    result.count = sorted.size();
    const detail::ScaledSeries x = detail::scaled(sorted);
    result.mean = x.back(detail::mean(x.values));
    result.std = sorted.size() == 1
                     ? std::numeric_limits<double>::quiet_NaN()
                     : x.back(std::sqrt(detail::variance(x.values, static_cast<double>(sorted.size() - 1))));
    result.min = sorted.front();
    result.lower_quartile = quantile(sorted, 0.25);
    result.median = quantile(sorted, 0.5);
    result.upper_quartile = quantile(sorted, 0.75);
    result.max = sorted.back();
    return result;
} catch (...) {
    detail::rethrow_as_error("describe");
}

} // namespace timeloom
