// Orders that the ARIMA tests use: every combination of factors, small seasons.
#pragma once

#include <timeloom/dsl/arima/lag_equation.hpp>

namespace timeloom::tests {

using namespace timeloom::dsl;
using namespace timeloom::dsl::lag_equation;

inline constexpr auto sales = arima(order<5, 1, 0>, trend::differenced_mean);
inline constexpr auto airline =
    (1 - B) * (1 - lag_equation::pow<12>(B)) * y == theta<1>(B) * theta<1>(lag_equation::pow<12>(B)) * e;
inline constexpr auto arma22 = arima(order<2, 0, 2>, trend::c);
// The same for one target each (tests/CMakeLists.txt).
inline constexpr auto all_factors_avx2 = arima(order<2, 1, 1>, seasonal_order<1, 1, 2, 4>);
inline constexpr auto all_factors_baseline = all_factors_avx2;
inline constexpr auto ma3 = ma<3>();
inline constexpr auto random_walk = arima(order<0, 1, 0>);
inline constexpr auto all_factors = arima(order<2, 1, 1>, seasonal_order<1, 1, 2, 4>);
inline constexpr auto seasonal_only = arima(order<0, 0, 0>, seasonal_order<2, 0, 0, 7>, trend::c);
inline constexpr auto two_seasonal = arima(order<1, 0, 1>, seasonal_order<2, 1, 2, 12>);
inline constexpr auto orders = arima_family(order<3, 2, 3>, seasonal_order<1, 1, 1, 4>);
inline constexpr auto yearly_orders = arima_family(order<5, 2, 5>);
inline constexpr auto maximum_orders = arima_family(order<3, 2, 3>, seasonal_order<1, 1, 1, 12>);
inline constexpr auto monthly_orders = arima_family(order<2, 2, 2>, seasonal_order<1, 1, 1, 12>);
// Two seasons.
inline constexpr auto double_airline =
    (1 - B) * (1 - lag_equation::pow<4>(B)) * (1 - lag_equation::pow<12>(B)) * y ==
    theta<1>(B) * theta<1>(lag_equation::pow<4>(B)) * theta<1>(lag_equation::pow<12>(B)) * e;
inline constexpr auto two_seasonals =
    arima(order<1, 0, 1>, seasonal_order<1, 1, 1, 5>, seasonal_order<1, 0, 2, 7>, trend::differenced_mean);
// Periods that are given at run time.
inline constexpr auto any_season = arima(order<2, 1, 1>, seasonal_order<1, 1, 2>);
inline constexpr auto any_airline = (1 - B) * (1 - Bs) * y == theta<1>(B) * theta<1>(Bs) * e;
inline constexpr auto any_orders = arima_family(order<3, 2, 3>, seasonal_order<1, 1, 1>);

} // namespace timeloom::tests
