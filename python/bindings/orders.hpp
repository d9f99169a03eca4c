// Orders and trends as Python writes them, and the plans that serve them.
#pragma once

#include <timeloom/runtime/arima/arima.hpp>

#include <array>
#include <string_view>

namespace timeloom_python {

using Order = std::array<int, 3>;

/// (p, d, q)(P, D, Q) with a season of `period` observations; a period of 1 is no season.
timeloom::ArimaOrders orders_of(const Order& order, const Order& seasonal, int period);

/// statsmodels' "n", "c", "t", "ct", and "mean": the mean of the differenced series.
timeloom::Trend trend_of(std::string_view name);
std::string_view name_of_trend(timeloom::Trend trend);

/// The smallest compiled plan that serves the orders. Throws Error, with the largest there are, where none
/// does.
const timeloom::plan::ArimaFilters& plan_of(const timeloom::ArimaOrders& orders);
const timeloom::plan::ArimaFamily& search_plan();

/// The largest orders that the search may look at with a season of `period` observations.
timeloom::ArimaOrders search_limits(int period);

} // namespace timeloom_python
