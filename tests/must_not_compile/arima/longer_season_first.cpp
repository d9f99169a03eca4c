// The longer of two seasons before the shorter one.
// Error: arima: the shorter season comes first, but the periods are 168 and 24
#include <timeloom/dsl/arima/arima.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model = arima(order<1, 0, 1>, seasonal_order<0, 1, 1, 24>, seasonal_order<0, 1, 1, 168>);
#else
constexpr auto model = arima(order<1, 0, 1>, seasonal_order<0, 1, 1, 168>, seasonal_order<0, 1, 1, 24>);
#endif
