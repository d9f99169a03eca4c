// A layer for every time step where there is none.
// Error: layer 2, time_distributed(dense<1>): needs a sequence of vectors (batch, timesteps, features), rank
// 3, but layer 1, lstm<4>, hands on one vector of 4 features, rank 2; give layer 1 return_sequences
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model = sequential(input<10, 3>(), lstm<4>(return_sequences), time_distributed(dense<1>()));
#else
constexpr auto model = sequential(input<10, 3>(), lstm<4>(), time_distributed(dense<1>()));
#endif
