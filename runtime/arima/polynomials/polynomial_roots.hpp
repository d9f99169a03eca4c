// Roots of real polynomials.
#pragma once

#include <complex>
#include <span>
#include <vector>

namespace timeloom::detail {

/// All roots of c₀ + c₁ z + … + c_n zⁿ, by Aberth's simultaneous iteration; trailing zeros are left out.
/// Sorted by modulus, conjugates together with the positive imaginary part first.
std::vector<std::complex<double>> polynomial_roots(std::span<const double> coefficients);

} // namespace timeloom::detail
