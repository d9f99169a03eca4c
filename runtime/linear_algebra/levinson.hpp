// Durbin and Levinson's recursion from each order of an autoregression to the next.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace timeloom::detail {

/// φ of order k - 1 to those of order k, whose last one is κ: φ_i <- φ_i - κ φ_{k-i}, φ_k = κ.
inline void extend_order(std::vector<double>& phi, double kappa) {
    const std::vector<double> below = phi;
    for (std::size_t i = 0; i < below.size(); ++i) {
        phi[i] = below[i] - kappa * below[below.size() - 1 - i];
    }
    phi.push_back(kappa);
}

/// Partial autocorrelations at lags 1, 2, … from autocovariances at lags 0, 1, …: each is made limit(κ), and
/// 0 where the shorter autoregression leaves no more than `least` of the variance to explain.
template <class Limit>
std::vector<double> durbin_levinson(std::span<const double> autocovariances, double least,
                                    const Limit& limit) {
    std::vector<double> phi, partial;
    double left = autocovariances[0];
    for (std::size_t order = 1; order < autocovariances.size(); ++order) {
        double rest = autocovariances[order];
        for (std::size_t i = 0; i + 1 < order; ++i) {
            rest -= phi[i] * autocovariances[order - 1 - i];
        }
        partial.push_back(std::abs(left) > least ? limit(rest / left) : 0.0);
        extend_order(phi, partial.back());
        left *= 1.0 - partial.back() * partial.back();
    }
    return partial;
}

} // namespace timeloom::detail
