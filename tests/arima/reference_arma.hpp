// The Gaussian likelihood of an ARMA process from its covariance matrix: dense, slow, in plain loops.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

namespace timeloom::tests {

/// Coefficients of φ(B) w = θ(B) ε in the expanded polynomials 1 - φ₁B - …, 1 + θ₁B + …
struct ReferenceArma {
    std::vector<double> phi;
    std::vector<double> theta;
};

/// Product of (1 + sign a₁B + …) and (1 + sign b₁B^s + …), without the leading 1 and with the sign taken out.
inline std::vector<double> expanded(const std::vector<double>& a, const std::vector<double>& b, std::size_t s,
                                    double sign) {
    std::vector<double> product(a.size() + s * b.size() + 1);
    for (std::size_t i = 0; i <= a.size(); ++i) {
        for (std::size_t j = 0; j <= b.size(); ++j) {
            product[i + s * j] += (i == 0 ? 1.0 : sign * a[i - 1]) * (j == 0 ? 1.0 : sign * b[j - 1]);
        }
    }
    product.erase(product.begin());
    for (double& c : product) {
        c *= sign;
    }
    return product;
}

/// Autocovariances γ₀ … γ_{n-1} for unit innovations, summed over ψ-weights until they have died out.
inline std::vector<double> autocovariances(const ReferenceArma& arma, std::size_t n) {
    constexpr std::size_t terms = 20000;
    std::vector<double> psi(terms + n);
    for (std::size_t k = 0; k < psi.size(); ++k) {
        double value = k == 0 ? 1.0 : k <= arma.theta.size() ? arma.theta[k - 1] : 0.0;
        for (std::size_t i = 1; i <= arma.phi.size() && i <= k; ++i) {
            value += arma.phi[i - 1] * psi[k - i];
        }
        psi[k] = value;
    }
    std::vector<double> gamma(n);
    for (std::size_t lag = 0; lag < n; ++lag) {
        for (std::size_t k = 0; k < terms; ++k) {
            gamma[lag] += psi[k] * psi[k + lag];
        }
    }
    return gamma;
}

/// What the likelihood needs of the observations that are there (finite): w'Σ⁻¹w and log|Σ|.
struct GaussianParts {
    double sum_of_squares = 0;
    double log_determinant = 0;
    std::size_t observations = 0;
};

inline GaussianParts gaussian_parts(const ReferenceArma& arma, const std::vector<double>& w) {
    const std::vector<double> gamma = autocovariances(arma, w.size());
    std::vector<std::size_t> there;
    for (std::size_t t = 0; t < w.size(); ++t) {
        if (std::isfinite(w[t])) {
            there.push_back(t);
        }
    }
    const std::size_t n = there.size();
    std::vector<std::vector<double>> l(n, std::vector<double>(n));
    std::vector<double> z(n);
    GaussianParts parts;
    parts.observations = n;
    for (std::size_t i = 0; i < n; ++i) {
        double residual = w[there[i]];
        for (std::size_t j = 0; j <= i; ++j) {
            double sum = gamma[there[i] - there[j]];
            for (std::size_t k = 0; k < j; ++k) {
                sum -= l[i][k] * l[j][k];
            }
            l[i][j] = i == j ? std::sqrt(sum) : sum / l[j][j];
        }
        for (std::size_t j = 0; j < i; ++j) {
            residual -= l[i][j] * z[j];
        }
        z[i] = residual / l[i][i];
        parts.sum_of_squares += z[i] * z[i];
        parts.log_determinant += 2 * std::log(l[i][i]);
    }
    return parts;
}

} // namespace timeloom::tests
