// The models that bench_arima fits.
#pragma once

#include <timeloom/dsl/arima/arima.hpp>

namespace timeloom::bench {

using namespace timeloom::dsl;

inline constexpr auto bench_airline = arima(order<0, 1, 1>, seasonal_order<0, 1, 1, 12>);
inline constexpr auto bench_ar5 = arima(order<5, 1, 0>);
inline constexpr auto bench_arma22 = arima(order<2, 1, 2>);
inline constexpr auto bench_orders = arima_family(order<5, 2, 5>, seasonal_order<2, 1, 2, 12>);
inline constexpr auto bench_any_season = arima(order<1, 1, 1>, seasonal_order<0, 1, 1>);
inline constexpr auto bench_two_seasons =
    arima(order<0, 1, 1>, seasonal_order<0, 1, 1, 48>, seasonal_order<0, 1, 1, 336>);

} // namespace timeloom::bench
