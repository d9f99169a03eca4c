// A window of six of five time steps.
// Error: layer 1, max_pooling1d<6>: needs at least 6 time steps, the size of its windows, but layer 0,
// input<5, 3>, hands on a sequence of 5 steps and 3 features, rank 3
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto chosen = max_pooling1d<6>(same_padding);
#else
constexpr auto chosen = max_pooling1d<6>();
#endif

constexpr auto model = sequential(input<5, 3>(), chosen);
