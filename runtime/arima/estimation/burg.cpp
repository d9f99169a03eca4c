#include "timeloom/runtime/arima/estimation/burg.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace timeloom::detail {

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
    // Entry j, after order k, is the error of "predicting" x[j] from the k·lag values after it.
    std::vector<double> backward = x;
    for (std::size_t k = 1; k <= static_cast<std::size_t>(terms); ++k) {
        const std::size_t first = k * step;
        if (first >= n) {
            kappa.push_back(0.0);
            continue;
        }
        double* const forward = x.data() + first;
        const std::size_t count = n - first;
        const double r = std::clamp(reflection(forward, backward.data(), count), -most, most);
        for (std::size_t j = 0; j < count; ++j) {
            const double f = forward[j], b = backward[j];
            forward[j] = f - r * b;
            backward[j] = b - r * f;
        }
        kappa.push_back(r);
    }
    return kappa;
}

} // namespace timeloom::detail
