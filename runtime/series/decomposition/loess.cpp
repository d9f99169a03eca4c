// Locally weighted regression on equally spaced values, as STL uses it (Cleveland 1979).
#include "timeloom/runtime/series/decomposition/loess.hpp"

#include <algorithm>
#include <cmath>

namespace timeloom::detail {

/// Distance at which weights reach 0: that of the farthest value in the window; a window longer than the
/// series reaches on by half of what it lacks, as in the authors' implementation.
double Loess::bandwidth(double x, std::size_t first, std::size_t last) const {
    const double farthest = std::max(x - static_cast<double>(first), static_cast<double>(last) - x);
    const std::size_t lacking = window_ > y_.size() ? (window_ - y_.size()) / 2 : 0;
    return farthest + static_cast<double>(lacking);
}

std::optional<double> Loess::at(double x) {
    const std::size_t count = std::min(window_, y_.size());
    const double centred = x - static_cast<double>(window_ / 2);
    const auto first =
        static_cast<std::size_t>(std::clamp(centred, 0.0, static_cast<double>(y_.size() - count)));
    const std::size_t last = first + count - 1;
    const double h = bandwidth(x, first, last);

    double sum = 0.0;
    for (std::size_t i = first; i <= last; ++i) {
        const double distance = std::abs(static_cast<double>(i) - x);
        const double u = distance / h;
        // The authors cut the ends off the tricube, so that neither end depends on rounding.
        const double c = 1.0 - u * u * u;
        double weight = u > 0.999 ? 0.0 : u <= 0.001 ? 1.0 : c * c * c;
        if (!weights_.empty())
            weight *= weights_[i];
        local_[i] = weight;
        sum += weight;
    }
    if (sum <= 0.0)
        return std::nullopt;

    double mean_x = 0.0;
    double value = 0.0;
    for (std::size_t i = first; i <= last; ++i) {
        local_[i] /= sum;
        mean_x += local_[i] * static_cast<double>(i);
        value += local_[i] * y_[i];
    }
    if (degree_ == 0)
        return value;
    double spread = 0.0;
    double slope = 0.0;
    for (std::size_t i = first; i <= last; ++i) {
        const double offset = static_cast<double>(i) - mean_x;
        spread += local_[i] * offset * offset;
        slope += local_[i] * offset * y_[i];
    }
    // Abscissas that all but coincide determine no slope.
    if (std::sqrt(spread) > 0.001 * static_cast<double>(y_.size() - 1))
        value += slope / spread * (x - mean_x);
    return value;
}

void Loess::smooth(std::size_t jump, std::span<double> out) {
    const std::size_t last = y_.size() - 1;
    const auto fit = [&](std::size_t t) { out[t] = at(static_cast<double>(t)).value_or(y_[t]); };
    fit(0);
    for (std::size_t from = 0; from < last;) {
        const std::size_t to = std::min(from + jump, last);
        fit(to);
        const double step = (out[to] - out[from]) / static_cast<double>(to - from);
        for (std::size_t t = from + 1; t < to; ++t)
            out[t] = out[from] + step * static_cast<double>(t - from);
        from = to;
    }
}

} // namespace timeloom::detail
