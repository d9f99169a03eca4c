// A negative order.
#include <timeloom/dsl/arima.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model = arima(order<1, 0, 0>);
#else
constexpr auto model = arima(order<-1, 0, 0>);
#endif
static_assert(model.orders.p >= 0);
