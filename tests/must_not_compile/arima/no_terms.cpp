// A polynomial without terms.
// Error: theta<0>: needs at least 1
#include <timeloom/dsl/arima/lag_equation.hpp>

using namespace timeloom::dsl;
using namespace timeloom::dsl::lag_equation;

#ifdef CORRECT
constexpr auto model = y == theta<1>(B) * e;
#else
constexpr auto model = y == theta<0>(B) * e;
#endif
