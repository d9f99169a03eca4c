// A round of the loop over time takes at least one time step.
// Error: unroll: a round of the loop has at least one time step
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr int steps = 1;
#else
constexpr int steps = 0;
#endif

constexpr auto model = sequential(input<10, 3>(), lstm<4>(unroll(steps)));
