// A trend that two differences remove.
// Error: arima: differencing (d + D is 2) removes the linear trend of trend::t
#include <timeloom/dsl/arima/lag_equation.hpp>

using namespace timeloom::dsl;
using namespace timeloom::dsl::lag_equation;

#ifdef CORRECT
constexpr auto model = arima(order<1, 1, 0>, trend::t);
#else
constexpr auto model = arima(order<1, 2, 0>, trend::t);
#endif
