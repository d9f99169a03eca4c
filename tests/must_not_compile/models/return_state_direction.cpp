// An LSTM in both directions has four states, none of which is "h".
// Error: layer 2, return_state: layer 1 has no state "h"
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto handed_on = return_state<"both", "backward_h">();
#else
constexpr auto handed_on = return_state<"both", "h">();
#endif

constexpr auto model = functional(input<10, 3>(), named<"both">(bidirectional(lstm<8>())), handed_on);
