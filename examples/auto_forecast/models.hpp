// The family of orders for automatic forecasts, of any season.
#pragma once

#include <timeloom/dsl/arima/arima.hpp>

namespace auto_forecast {

using namespace timeloom::dsl;

inline constexpr auto any_season_family = arima_family(order<5, 2, 5>, seasonal_order<2, 1, 2>);

} // namespace auto_forecast
