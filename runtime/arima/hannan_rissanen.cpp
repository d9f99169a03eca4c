#include "timeloom/runtime/arima/hannan_rissanen.hpp"

#include "timeloom/runtime/arima/small_matrix.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace timeloom {

namespace {

/// Σ a[i] b[i], in eight partial sums that the compiler may keep in vectors.
double dot(const double* a, const double* b, std::size_t count) {
    std::array<double, 8> sums{};
    std::size_t i = 0;
    for (; i + sums.size() <= count; i += sums.size()) {
        for (std::size_t k = 0; k < sums.size(); ++k) {
            sums[k] += a[i + k] * b[i + k];
        }
    }
    double sum = 0;
    for (; i < count; ++i) {
        sum += a[i] * b[i];
    }
    for (const double s : sums) {
        sum += s;
    }
    return sum;
}

/// Coefficients of the autoregression of order m from the autocovariances of the series as it is.
std::vector<double> long_autoregression(std::span<const double> w, std::size_t m) {
    std::vector<double> r(m + 1);
    for (std::size_t k = 0; k <= m; ++k) {
        r[k] = dot(w.data() + k, w.data(), w.size() - k);
    }
    std::vector<double> phi(m), below(m);
    double left = r[0];
    for (std::size_t k = 0; k < m && left > 1e-12 * r[0]; ++k) {
        double sum = r[k + 1];
        for (std::size_t i = 0; i < k; ++i) {
            sum -= phi[i] * r[k - i];
        }
        const double kappa = sum / left;
        std::copy_n(phi.begin(), k, below.begin());
        for (std::size_t i = 0; i < k; ++i) {
            phi[i] = below[i] - kappa * below[k - 1 - i];
        }
        phi[k] = kappa;
        left *= 1 - kappa * kappa;
    }
    return phi;
}

std::vector<double> residuals_of(std::span<const double> w, const std::vector<double>& phi) {
    std::vector<double> e(w.begin(), w.end());
    for (std::size_t i = 0; i < phi.size(); ++i) {
        for (std::size_t t = phi.size(); t < w.size(); ++t) {
            e[t] -= phi[i] * w[t - 1 - i];
        }
    }
    std::fill_n(e.begin(), phi.size(), 0.0);
    return e;
}

} // namespace

FirstEstimate hannan_rissanen(std::span<const double> w, const dsl::lag_filter& f) {
    const auto k = static_cast<std::size_t>(f.parameters());
    const auto reach = static_cast<std::size_t>(dsl::reach(f));
    const bool moving_average = f.q + f.seasonal_q > 0;
    std::vector<double> e;
    std::size_t first = reach;
    if (moving_average) {
        const auto by_length = static_cast<std::size_t>(6 * std::log10(static_cast<double>(w.size()) + 1));
        const std::size_t m = std::max(by_length, reach + 2);
        if (w.size() < 4 * m) {
            return {};
        }
        e = residuals_of(w, long_autoregression(w, m));
        first = m + reach;
    }
    if (w.size() < first + 2 * k + 2) {
        return {};
    }
    const std::size_t rows = w.size() - first;
    std::vector<const double*> columns;
    for (const dsl::lag_factor& factor : dsl::factors(f)) {
        const double* of = (factor.moving_average ? e.data() : w.data()) + first;
        for (int j = 1; j <= factor.terms; ++j) {
            columns.push_back(of - j * factor.lag);
        }
    }
    std::vector<double> products(k * k), right(k);
    for (std::size_t i = 0; i < k; ++i) {
        right[i] = dot(columns[i], w.data() + first, rows);
        for (std::size_t j = 0; j <= i; ++j) {
            products[i * k + j] = products[j * k + i] = dot(columns[i], columns[j], rows);
        }
    }
    const std::vector<double> inverse = inverse_of_positive_definite(products, k);
    if (inverse.empty()) {
        return {};
    }
    FirstEstimate estimate;
    estimate.coefficients.resize(k);
    double squares = dot(w.data() + first, w.data() + first, rows);
    for (std::size_t i = 0; i < k; ++i) {
        estimate.coefficients[i] = dot(inverse.data() + i * k, right.data(), k);
        squares -= estimate.coefficients[i] * right[i];
    }
    if (!(squares > 0)) {
        return {};
    }
    estimate.information = products;
    for (double& x : estimate.information) {
        x *= static_cast<double>(rows) / squares;
    }
    return estimate;
}

} // namespace timeloom
