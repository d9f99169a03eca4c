// A negative order.
// Error: order<-1, 0, 0>: p, d and q must not be negative
#include <timeloom/dsl/arima/arima.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model = arima(order<1, 0, 0>);
#else
constexpr auto model = arima(order<-1, 0, 0>);
#endif
