// A sequence without time steps.
// Error: input<0, 3>: time steps must be at least 1, but are 0
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr int timesteps = 1;
#else
constexpr int timesteps = 0;
#endif

constexpr auto model = sequential(input<timesteps, 3>(), lstm<4>());
