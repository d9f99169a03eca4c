// A difference before the innovations.
// Error: a difference stands on the right, before e: it belongs on the left, before y
#include <timeloom/dsl/arima/lag_equation.hpp>

using namespace timeloom::dsl;
using namespace timeloom::dsl::lag_equation;

#ifdef CORRECT
constexpr auto model = (1 - B) * y == theta<1>(B) * e;
#else
constexpr auto model = y == (1 - B) * e;
#endif
