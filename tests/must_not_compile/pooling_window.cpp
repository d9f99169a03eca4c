// A window of six of five time steps.
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto chosen = max_pooling1d<6>(same_padding);
#else
constexpr auto chosen = max_pooling1d<6>();
#endif

constexpr auto model = sequential(input<5, 3>(), chosen);
