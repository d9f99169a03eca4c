// One vector for the two states of an LSTM.
// Error: layer 2 "lstm", lstm<8>: has 2 states, but initial_state<...> names 1 vector
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model = functional(named<"x">(input<10, 3>()), named<"start">(vector_input<8>()),
                                  named<"lstm">(lstm<8>(), reads<"x">, initial_state<"start", "start">));
#else
constexpr auto model = functional(named<"x">(input<10, 3>()), named<"start">(vector_input<8>()),
                                  named<"lstm">(lstm<8>(), reads<"x">, initial_state<"start">));
#endif
