// Orders that a model may have, and the differences that they ask for.
#pragma once

#include "timeloom/runtime/plan/arima_names.hpp"

#include <span>
#include <vector>

namespace timeloom::detail {

/// Throws Error for orders that no model may have: negative ones, a season of one observation, lags that are
/// also seasonal ones, more than 40 coefficients of a kind, more than 40 differences.
void require_valid_orders(const plan::ArimaOrders& orders);

/// The operator (1 - B)^d (1 - B^s)^D on a series; the first d + sD values are lost. Throws Error as
/// require_valid_orders() and diff() do.
std::vector<double> difference(std::span<const double> series, const plan::ArimaOrders& orders);

/// Coefficients 1, δ₁, … of the expanded (1 - B)^d (1 - B^s)^D, so that w_t = Σ δ_k y_{t-k}.
std::vector<double> difference_polynomial(const plan::ArimaOrders& orders);

} // namespace timeloom::detail
