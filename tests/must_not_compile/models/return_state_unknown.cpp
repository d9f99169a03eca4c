// A GRU has no state "c".
// Error: layer 2, return_state: layer 1 "gru", gru<8>, has no state "c", but "h"
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto handed_on = return_state<"gru", "h">();
#else
constexpr auto handed_on = return_state<"gru", "c">();
#endif

constexpr auto model = functional(input<10, 3>(), named<"gru">(gru<8>()), handed_on);
