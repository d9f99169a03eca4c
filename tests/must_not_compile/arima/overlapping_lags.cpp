// An autoregressive lag that is also the seasonal one.
// Error: arima: the autoregressive part has lags up to 4, but lag 4 is the seasonal one: p must be below s
#include <timeloom/dsl/arima/arima.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model = arima(order<3, 0, 0>, seasonal_order<1, 0, 0, 4>);
#else
constexpr auto model = arima(order<4, 0, 0>, seasonal_order<1, 0, 0, 4>);
#endif
