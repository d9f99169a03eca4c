#include "timeloom/runtime/arima/burg.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace timeloom {

namespace {

/// 2 Σ f b / Σ (f² + b²), in partial sums that the compiler may keep in vectors.
double reflection(const double* f, const double* b, std::size_t count) {
    constexpr std::size_t sums = 8;
    std::array<double, sums> products{}, squares{};
    std::size_t i = 0;
    for (; i + sums <= count; i += sums) {
        for (std::size_t k = 0; k < sums; ++k) {
            products[k] += f[i + k] * b[i + k];
            squares[k] += f[i + k] * f[i + k] + b[i + k] * b[i + k];
        }
    }
    double product = 0, square = 0;
    for (; i < count; ++i) {
        product += f[i] * b[i];
        square += f[i] * f[i] + b[i] * b[i];
    }
    for (std::size_t k = 0; k < sums; ++k) {
        product += products[k];
        square += squares[k];
    }
    return square > 0 ? 2 * product / square : 0.0;
}

} // namespace

std::vector<double> burg(std::vector<double>& x, int terms, int lag) {
    constexpr double most = 1 - 1e-12;
    const std::size_t n = x.size();
    const auto step = static_cast<std::size_t>(lag);
    std::vector<double> kappa;
    std::vector<double> backward = x; // b[t], the error of "predicting" x[t - k·lag] from what follows it
    for (std::size_t k = 1; k <= static_cast<std::size_t>(terms); ++k) {
        const std::size_t first = k * step;
        if (first >= n) {
            kappa.push_back(0.0);
            continue;
        }
        const double r =
            std::clamp(reflection(x.data() + first, backward.data() + first - step, n - first), -most, most);
        for (std::size_t t = n; t-- > first;) {
            const double f = x[t], b = backward[t - step];
            x[t] = f - r * b;
            backward[t] = b - r * f;
        }
        kappa.push_back(r);
    }
    return kappa;
}

} // namespace timeloom
