// An equation with three seasons.
// Error: an equation may have two seasons, but the powers of B are 7, 12 and 24
#include <timeloom/dsl/arima/lag_equation.hpp>

using namespace timeloom::dsl;
using namespace timeloom::dsl::lag_equation;

#ifdef CORRECT
constexpr auto model = phi<1>(pow<12>(B)) * (1 - pow<7>(B)) * (1 - pow<12>(B)) * y == e;
#else
constexpr auto model = phi<1>(pow<12>(B)) * (1 - pow<7>(B)) * (1 - pow<24>(B)) * y == e;
#endif
