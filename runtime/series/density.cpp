// Densities of a sample, for plots of residuals.
#include "timeloom/runtime/series/density.hpp"

#include "timeloom/runtime/base/as_error.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/series/checks.hpp"
#include "timeloom/runtime/series/distributions.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace timeloom {

namespace {

/// `size` equally spaced points from `first` to `last`.
std::vector<double> grid(double first, double last, std::size_t size) {
    std::vector<double> points;
    for (std::size_t i = 0; i < size; ++i)
        points.push_back(std::lerp(first, last, static_cast<double>(i) / static_cast<double>(size - 1)));
    return points;
}

constexpr std::size_t most_points = 1'000'000;

void require_finite_density(const char* function, std::span<const double> density) {
    for (const double value : density)
        if (!std::isfinite(value))
            throw Error(std::string(function) +
                        ": a density is beyond the range of double, because the values lie too close to each "
                        "other or the bandwidth is too small; multiply the sample by a large number");
}

double bandwidth_of(std::span<const double> sample, double bandwidth) {
    if (bandwidth == 0.0)
        return scott_bandwidth(sample);
    detail::require_series("gaussian_kde", sample, 1);
    if (!(bandwidth > 0.0) || std::isinf(bandwidth))
        throw Error("gaussian_kde needs a positive bandwidth, or 0 for Scott's, but got " +
                    std::to_string(bandwidth));
    return bandwidth;
}

} // namespace

double scott_bandwidth(std::span<const double> sample) try {
    detail::require_series("scott_bandwidth", sample, 2);
    detail::require_varying("scott_bandwidth", sample);
    const auto n = static_cast<double>(sample.size());
    const detail::ScaledSeries x = detail::scaled(sample);
    return x.back(std::pow(n, -0.2) * std::sqrt(detail::variance(x.values, n - 1.0)));
} catch (...) {
    detail::rethrow_as_error("scott_bandwidth");
}

std::vector<double> gaussian_kde(std::span<const double> sample, std::span<const double> points,
                                 double bandwidth) try {
    const double width = bandwidth_of(sample, bandwidth);
    std::vector<double> density;
    for (const double x : points) {
        if (std::isnan(x))
            throw Error("gaussian_kde: point " + std::to_string(density.size()) + " (from 0) is NaN");
        double sum = 0.0;
        for (const double value : sample)
            sum += normal_pdf((x - value) / width);
        density.push_back(sum / static_cast<double>(sample.size()) / width);
    }
    require_finite_density("gaussian_kde", density);
    return density;
} catch (...) {
    detail::rethrow_as_error("gaussian_kde");
}

Curve density_curve(std::span<const double> sample, std::size_t size, double bandwidth) try {
    if (size < 2 || size > most_points)
        throw Error("density_curve needs at least 2 points and at most " + std::to_string(most_points) +
                    ", but got " + std::to_string(size));
    const double width = bandwidth_of(sample, bandwidth);
    const auto [least, greatest] = std::minmax_element(sample.begin(), sample.end());
    Curve curve{grid(*least - 3.0 * width, *greatest + 3.0 * width, size), {}};
    curve.y = gaussian_kde(sample, curve.x, width);
    return curve;
} catch (...) {
    detail::rethrow_as_error("density_curve");
}

Curve histogram(std::span<const double> sample, std::size_t bins) try {
    detail::require_series("histogram", sample, 2);
    detail::require_varying("histogram", sample);
    const auto n = static_cast<double>(sample.size());
    if (bins > most_points)
        throw Error("histogram takes at most " + std::to_string(most_points) + " bins, but got " +
                    std::to_string(bins));
    if (bins == 0)
        bins = static_cast<std::size_t>(std::ceil(std::log2(n))) + 1;
    const detail::ScaledSeries x = detail::scaled(sample);
    const auto [least, greatest] = std::minmax_element(x.values.begin(), x.values.end());
    const double width = (*greatest - *least) / static_cast<double>(bins);
    Curve result{grid(*least + 0.5 * width, *greatest - 0.5 * width, bins), std::vector<double>(bins, 0.0)};
    if (bins == 1)
        result.x = {0.5 * (*least + *greatest)};
    for (const double value : x.values)
        // The greatest value belongs to the last bin.
        result.y[std::min(bins - 1, static_cast<std::size_t>((value - *least) / width))] += 1.0 / (n * width);
    for (double& middle : result.x)
        middle = x.back(middle);
    for (double& y : result.y)
        y = std::ldexp(y, -x.exponent);
    require_finite_density("histogram", result.y);
    return result;
} catch (...) {
    detail::rethrow_as_error("histogram");
}

} // namespace timeloom
