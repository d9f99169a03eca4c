// A model without an input.
// Error: layer 0, lstm<4>: a model begins with its input: input<timesteps>() for token ids, input<timesteps,
// features>() for vectors
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model = sequential(input<10, 3>(), lstm<4>(), dense<1>());
#else
constexpr auto model = sequential(lstm<4>(), dense<1>());
#endif
