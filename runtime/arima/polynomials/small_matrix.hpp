// Inverses of small symmetric matrices.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

namespace timeloom::detail {

/// Inverse of a symmetric positive definite n by n matrix by Cholesky's factors; empty if it is not positive
/// definite.
inline std::vector<double> inverse_of_positive_definite(std::vector<double> m, std::size_t n) {
    for (std::size_t j = 0; j < n; ++j) { // m becomes L below and on the diagonal
        for (std::size_t i = j; i < n; ++i) {
            for (std::size_t k = 0; k < j; ++k) {
                m[i * n + j] -= m[i * n + k] * m[j * n + k];
            }
            if (i == j) {
                if (!(m[j * n + j] > 0)) {
                    return {};
                }
                m[j * n + j] = std::sqrt(m[j * n + j]);
            } else {
                m[i * n + j] /= m[j * n + j];
            }
        }
    }
    std::vector<double> inverse(n * n);
    for (std::size_t column = 0; column < n; ++column) {
        std::vector<double> x(n);
        for (std::size_t i = 0; i < n; ++i) {
            double sum = i == column ? 1.0 : 0.0;
            for (std::size_t k = 0; k < i; ++k) {
                sum -= m[i * n + k] * x[k];
            }
            x[i] = sum / m[i * n + i];
        }
        for (std::size_t i = n; i-- > 0;) {
            for (std::size_t k = i + 1; k < n; ++k) {
                x[i] -= m[k * n + i] * x[k];
            }
            x[i] /= m[i * n + i];
            inverse[i * n + column] = x[i];
        }
    }
    return inverse;
}

} // namespace timeloom::detail
