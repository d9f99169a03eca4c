// More terms than a filter may have.
// Error: order<30, 0, 20>: p + q is 50, but a filter may have 40 coefficients
#include <timeloom/dsl/arima/lag_equation.hpp>

using namespace timeloom::dsl;
using namespace timeloom::dsl::lag_equation;

#ifdef CORRECT
constexpr auto model = arima(order<20, 0, 20>);
#else
constexpr auto model = arima(order<30, 0, 20>);
#endif
