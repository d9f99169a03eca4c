// An equation with a season of 12 and one that is given at run time.
// Error: an equation with two seasons declares both periods, but the powers of B are 12 and s, which is given
// at run time
#include <timeloom/dsl/arima/lag_equation.hpp>

using namespace timeloom::dsl;
using namespace timeloom::dsl::lag_equation;

#ifdef CORRECT
constexpr auto model = phi<1>(Bs) * (1 - Bs) * y == e;
#else
constexpr auto model = phi<1>(pow<12>(B)) * (1 - Bs) * y == e;
#endif
