// A model hands out one value.
// Error: layer 1 "both", bidirectional(lstm<4>): hands on both directions, but a model hands out one value:
// read them with forward_of and backward_of
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model =
    functional(input<5, 3>(), named<"both">(bidirectional(lstm<4>(), merge::none)), forward_of<"both">());
#else
constexpr auto model = functional(input<5, 3>(), named<"both">(bidirectional(lstm<4>(), merge::none)));
#endif
