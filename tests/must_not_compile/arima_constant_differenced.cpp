// A constant that differencing removes.
#include <timeloom/dsl/arima.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model = arima(order<1, 1, 0>, trend::t);
#else
constexpr auto model = arima(order<1, 1, 0>, trend::c);
#endif
static_assert(model.orders.p >= 0);
