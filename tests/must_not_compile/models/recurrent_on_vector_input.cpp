// A recurrent layer on one vector.
// Error: layer 1, lstm<4>: needs a sequence of vectors (batch, timesteps, features), rank 3, but layer 0,
// vector_input<3>, hands on one vector of 3 features, rank 2
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model = sequential(input<10, 3>(), lstm<4>());
#else
constexpr auto model = sequential(vector_input<3>(), lstm<4>());
#endif
