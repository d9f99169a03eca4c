// A season of 24 whose lags reach those of the season of 48.
// Error: arima: the season of 24 has lags up to 48, but lag 48 is one of the longer season
#include <timeloom/dsl/arima/arima.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model = arima(order<1, 0, 1>, seasonal_order<1, 0, 1, 24>, seasonal_order<0, 1, 1, 48>);
#else
constexpr auto model = arima(order<1, 0, 1>, seasonal_order<1, 0, 2, 24>, seasonal_order<0, 1, 1, 48>);
#endif
