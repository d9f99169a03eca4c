// Orders and trends as Python writes them, and the kernels that serve them.
#pragma once

#include <timeloom/runtime/arima/arima.hpp>

#include <array>
#include <string>
#include <string_view>

namespace timeloom_python {

using Order = std::array<int, 3>;

/// (p, d, q)(P, D, Q) with a season of `period` observations; a period of 1 is no season.
timeloom::dsl::arima_orders orders_of(const Order& order, const Order& seasonal, int period);

/// statsmodels' "n", "c", "t", "ct", and "mean": the mean of the differenced series.
timeloom::dsl::trend_kind trend_of(std::string_view name);
std::string_view name_of_trend(timeloom::dsl::trend_kind trend);

/// The smallest compiled table that serves the orders. Throws Error, with the largest there are, where none does.
const timeloom::ArimaKernelTable& kernels_of(const timeloom::dsl::arima_orders& orders);
const timeloom::ArimaKernelTable& search_kernels();

/// The largest orders that the search may look at with a season of `period` observations.
timeloom::dsl::arima_orders search_limits(int period);

} // namespace timeloom_python
