// A moving average on the side of the series.
// Error: theta<1>(...) stands on the left, before y: it belongs on the right, before e
#include <timeloom/dsl/arima/lag_equation.hpp>

using namespace timeloom::dsl;
using namespace timeloom::dsl::lag_equation;

#ifdef CORRECT
constexpr auto model = phi<1>(B) * y == theta<1>(B) * e;
#else
constexpr auto model = theta<1>(B) * y == e;
#endif
