// Whether coefficients are those of a model.
#pragma once

#include "timeloom/runtime/plan/arima.hpp"

#include <span>
#include <string>
#include <vector>

namespace timeloom::detail {

/// Throws Error unless the coefficients (in the order φ, Φ, θ, Θ, as many as `orders` has) are finite, the
/// autoregressive factors stationary and the moving-average ones invertible or with roots on the unit circle
/// (to 1e-6), as estimates have that lie at the boundary. `what` begins the message.
void require_admissible(const plan::LagFilter& orders, std::span<const double> coefficients,
                        const std::string& what);

/// The point of the parameter space where a search begins that is given these coefficients; where a root is
/// at the unit circle, a point a little inside, for at the boundary the likelihood has no slope. Throws Error
/// where a root is inside of the circle.
std::vector<double> start_of_search(const plan::LagFilter& orders, std::span<const double> coefficients,
                                    const std::string& what);

} // namespace timeloom::detail
