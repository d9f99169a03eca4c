// A season of a single observation.
// Error: seasonal_order<1, 0, 0, 1>: the period s must be at least 2, but is 1
#include <timeloom/dsl/arima/arima.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model = arima(order<1, 0, 0>, seasonal_order<1, 0, 0, 2>);
#else
constexpr auto model = arima(order<1, 0, 0>, seasonal_order<1, 0, 0, 1>);
#endif
