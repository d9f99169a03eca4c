// A model hands out one value.
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model =
    functional(input<5, 3>(), named<"both">(bidirectional(lstm<4>(), merge::none)), forward_of<"both">());
#else
constexpr auto model = functional(input<5, 3>(), named<"both">(bidirectional(lstm<4>(), merge::none)));
#endif
