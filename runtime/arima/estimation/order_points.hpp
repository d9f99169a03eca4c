// What is said about points and coefficients of models of different orders.
#pragma once

#include "timeloom/dsl/arima/lag_filter.hpp"

#include <span>
#include <vector>

namespace timeloom {

/// A point of the parameter space of one order in that of another: the same model where terms are added.
std::vector<double> carried_over(std::span<const double> point, const dsl::lag_filter& from,
                                 const dsl::lag_filter& to);

/// Whether all roots of the lag polynomials are at least `modulus` in size. Coefficients φ, Φ, θ, Θ.
bool roots_beyond(std::span<const double> coefficients, const dsl::lag_filter& orders, double modulus);

} // namespace timeloom
