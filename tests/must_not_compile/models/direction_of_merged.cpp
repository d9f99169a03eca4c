// The directions are one value already.
// Error: layer 2, forward_of: needs a bidirectional layer with merge::none, but layer 1 "both",
// bidirectional(lstm<4>), hands on one vector of 4 features, rank 2
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto both = bidirectional(lstm<4>(), merge::none);
#else
constexpr auto both = bidirectional(lstm<4>(), merge::sum);
#endif

constexpr auto model = functional(input<5, 3>(), named<"both">(both), forward_of<"both">());
