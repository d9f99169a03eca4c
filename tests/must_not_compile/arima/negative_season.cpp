// A negative number of seasonal terms.
// Error: seasonal_order<1, 0, -1, 12>: P, D and Q must not be negative
#include <timeloom/dsl/arima/lag_equation.hpp>

using namespace timeloom::dsl;
using namespace timeloom::dsl::lag_equation;

#ifdef CORRECT
constexpr auto model = arima(order<1, 0, 0>, seasonal_order<1, 0, 1, 12>);
#else
constexpr auto model = arima(order<1, 0, 0>, seasonal_order<1, 0, -1, 12>);
#endif
