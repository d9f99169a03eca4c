// What is said about points and coefficients of models of different orders.
#pragma once

#include "timeloom/runtime/plan/lag_filter.hpp"

#include <span>
#include <vector>

namespace timeloom::detail {

/// A point of the parameter space of one order in that of another: the same model where terms are added.
std::vector<double> carried_over(std::span<const double> point, const plan::LagFilter& from,
                                 const plan::LagFilter& to);

/// Whether all roots of the lag polynomials are at least `modulus` in size. Coefficients φ, Φ, θ, Θ.
bool roots_beyond(std::span<const double> coefficients, const plan::LagFilter& orders, double modulus);

} // namespace timeloom::detail
