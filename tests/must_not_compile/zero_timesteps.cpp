// A sequence without time steps.
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr int timesteps = 1;
#else
constexpr int timesteps = 0;
#endif

constexpr auto model = sequential(input<timesteps, 3>(), lstm<4>());
