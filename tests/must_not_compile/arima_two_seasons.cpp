// An equation with two seasons.
#include <timeloom/dsl/lag_equation.hpp>

using namespace timeloom::dsl;
using namespace timeloom::dsl::lag_equation;

#ifdef CORRECT
constexpr auto model = phi<1>(pow<12>(B)) * (1 - pow<12>(B)) * y == e;
#else
constexpr auto model = phi<1>(pow<12>(B)) * (1 - pow<7>(B)) * y == e;
#endif
static_assert(model.orders.p >= 0);
