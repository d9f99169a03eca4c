// Two polynomials of one kind.
// Error: two polynomials phi of B, of 1 and of 2 terms, are multiplied: give one of them all the terms
#include <timeloom/dsl/arima/lag_equation.hpp>

using namespace timeloom::dsl;
using namespace timeloom::dsl::lag_equation;

#ifdef CORRECT
constexpr auto model = phi<3>(B) * y == e;
#else
constexpr auto model = phi<1>(B) * phi<2>(B) * y == e;
#endif
