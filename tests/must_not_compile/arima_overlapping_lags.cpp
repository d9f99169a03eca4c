// An autoregressive lag that is also the seasonal one.
#include <timeloom/dsl/arima.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model = arima(order<3, 0, 0>, seasonal_order<1, 0, 0, 4>);
#else
constexpr auto model = arima(order<4, 0, 0>, seasonal_order<1, 0, 0, 4>);
#endif
static_assert(model.orders.p >= 0);
