// A recurrent layer behind flatten.
// Error: layer 2, lstm<4>: needs a sequence of vectors (batch, timesteps, features), rank 3, but layer 1,
// flatten, hands on one vector of 30 features, rank 2
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model = sequential(input<10, 3>(), flatten(), dense<4>());
#else
constexpr auto model = sequential(input<10, 3>(), flatten(), lstm<4>());
#endif
