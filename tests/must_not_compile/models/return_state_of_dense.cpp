// A dense layer has no state.
// Error: layer 2, return_state: layer 1 "layer", dense<8>, has no states
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto chosen = lstm<8>();
#else
constexpr auto chosen = dense<8>();
#endif

constexpr auto model = functional(input<10, 3>(), named<"layer">(chosen), return_state<"layer", "h">());
