// What is known of an ARMA process after a series without missing values, where its presample is long.
#pragma once

#include "timeloom/runtime/arima/lanes/square_root.hpp"

#include <optional>
#include <span>
#include <vector>

namespace timeloom::detail {

/// What the past adds to w at 1, 2, … steps ahead besides what passes through later w: its mean is `ahead`,
/// and its covariance, in units of the innovations' variance, the sum of the products of the `effects`:
/// (unknown, step).
struct KnownState {
    std::vector<double> ahead;
    Rows effects;
};

/// `phi` and `theta` are the expanded polynomials, θ of degree q > 0. In O(q²) by the structure of the normal
/// matrix of the presample, see presample_schur.hpp; here its last unknown is taken first, so that the
/// effects of the others are those of a step later. Nothing where rounding takes too many digits.
std::optional<KnownState> state_after(const std::vector<double>& phi, const std::vector<double>& theta,
                                      std::span<const double> w);

} // namespace timeloom::detail
