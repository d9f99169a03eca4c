// Polynomials with their roots moved out of the unit circle.
#pragma once

#include <span>
#include <vector>

namespace timeloom::detail {

/// Coefficients c₁, c₂, … of the polynomial 1 + c₁z + c₂z² + … whose roots are those given, each one inside
/// of the unit circle replaced by its reciprocal's conjugate; those of modulus below 1 + `margin` are moved
/// out to it. A moving average with reflected roots has the same autocorrelations.
std::vector<double> reflected(std::span<const double> coefficients, double margin);

} // namespace timeloom::detail
