// The directions are one value already.
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto both = bidirectional(lstm<4>(), merge::none);
#else
constexpr auto both = bidirectional(lstm<4>(), merge::sum);
#endif

constexpr auto model = functional(input<5, 3>(), named<"both">(both), forward_of<"both">());
