// A season of a single observation.
#include <timeloom/dsl/arima.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model = arima(order<1, 0, 0>, seasonal_order<1, 0, 0, 2>);
#else
constexpr auto model = arima(order<1, 0, 0>, seasonal_order<1, 0, 0, 1>);
#endif
static_assert(model.orders.p >= 0);
