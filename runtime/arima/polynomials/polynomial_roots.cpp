#include "timeloom/runtime/arima/polynomials/polynomial_roots.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace timeloom::detail {

namespace {

using complex = std::complex<double>;

/// p(z)/p'(z), for |z| > 1 through the reversed polynomial, which does not overflow.
complex newton_step(std::span<const double> c, complex z) {
    const std::size_t n = c.size() - 1;
    complex value = 0, slope = 0;
    if (std::abs(z) <= 1) {
        for (std::size_t i = n + 1; i-- > 0;) {
            slope = slope * z + value;
            value = value * z + c[i];
        }
        return value / slope;
    }
    const complex w = 1.0 / z; // p(z) = zⁿ r(w), so p'/p = n w - w² r'/r
    for (std::size_t i = 0; i <= n; ++i) {
        slope = slope * w + value;
        value = value * w + c[i];
    }
    return 1.0 / (static_cast<double>(n) * w - w * w * slope / value);
}

} // namespace

std::vector<complex> polynomial_roots(std::span<const double> coefficients) {
    while (!coefficients.empty() && coefficients.back() == 0) {
        coefficients = coefficients.first(coefficients.size() - 1);
    }
    if (coefficients.size() < 2) {
        return {};
    }
    const std::size_t n = coefficients.size() - 1;
    const double radius =
        std::pow(std::max(std::abs(coefficients[0] / coefficients[n]), 1e-300), 1.0 / static_cast<double>(n));
    std::vector<complex> roots(n);
    for (std::size_t i = 0; i < n; ++i) {
        const double angle = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(n) + 0.4;
        roots[i] = std::polar(radius, angle);
    }
    for (int iteration = 0; iteration < 500; ++iteration) {
        double largest = 0;
        for (std::size_t i = 0; i < n; ++i) {
            const complex newton = newton_step(coefficients, roots[i]);
            complex repulsion = 0;
            for (std::size_t j = 0; j < n; ++j) {
                if (j != i) {
                    repulsion += 1.0 / (roots[i] - roots[j]);
                }
            }
            const complex step = newton / (1.0 - newton * repulsion);
            if (std::isfinite(step.real()) && std::isfinite(step.imag())) {
                roots[i] -= step;
                largest = std::max(largest, std::abs(step) / std::max(1e-300, std::abs(roots[i])));
            }
        }
        if (largest < 1e-15) {
            break;
        }
    }
    for (complex& root : roots) { // roots of a real polynomial that came out real but for rounding
        if (std::abs(root.imag()) < 1e-9 * std::abs(root)) {
            root.imag(0);
        }
    }
    std::ranges::sort(roots, [](const complex& a, const complex& b) {
        const double tolerance = 1e-9 * std::max(std::abs(a), std::abs(b));
        if (std::abs(std::abs(a) - std::abs(b)) > tolerance) {
            return std::abs(a) < std::abs(b);
        }
        if (std::abs(a.real() - b.real()) > tolerance) {
            return a.real() < b.real();
        }
        return a.imag() > b.imag();
    });
    return roots;
}

} // namespace timeloom::detail
