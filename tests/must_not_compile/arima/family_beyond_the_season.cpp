// Orders up to beyond the season.
// Error: arima_family: p is 5 and q is 2, but both must be below the period s, which is 4
#include <timeloom/dsl/arima/lag_equation.hpp>

using namespace timeloom::dsl;
using namespace timeloom::dsl::lag_equation;

#ifdef CORRECT
constexpr auto model = arima_family(order<3, 1, 2>, seasonal_order<1, 0, 0, 4>);
#else
constexpr auto model = arima_family(order<5, 1, 2>, seasonal_order<1, 0, 0, 4>);
#endif
