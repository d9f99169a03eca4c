// Families of orders for automatic forecasts, one for each season that auto_forecast knows.
#pragma once

#include <timeloom/dsl/arima.hpp>

namespace auto_forecast {

using namespace timeloom::dsl;

inline constexpr auto no_season_family = arima_family(order<5, 2, 5>);
inline constexpr auto quarterly_family = arima_family(order<3, 2, 3>, seasonal_order<1, 1, 1, 4>);
inline constexpr auto weekly_family = arima_family(order<5, 2, 5>, seasonal_order<1, 1, 1, 7>);
inline constexpr auto monthly_family = arima_family(order<5, 2, 5>, seasonal_order<2, 1, 2, 12>);
inline constexpr auto daily_family = arima_family(order<5, 2, 5>, seasonal_order<2, 1, 2, 24>);

} // namespace auto_forecast
