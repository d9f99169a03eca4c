// A constant that differencing removes.
// Error: arima: differencing (d + D is 1) removes the constant of trend::c: leave it out, or use trend::t for
// a drift, or trend::differenced_mean
#include <timeloom/dsl/arima/arima.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model = arima(order<1, 1, 0>, trend::t);
#else
constexpr auto model = arima(order<1, 1, 0>, trend::c);
#endif
