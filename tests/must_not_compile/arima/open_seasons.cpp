// Two seasons that are both given at run time.
// Error: arima: a model with two seasons declares both periods
#include <timeloom/dsl/arima/arima.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model = arima(order<1, 0, 1>, seasonal_order<0, 1, 1, 24>, seasonal_order<0, 1, 1, 168>);
#else
constexpr auto model = arima(order<1, 0, 1>, seasonal_order<0, 1, 1>, seasonal_order<0, 1, 1>);
#endif
