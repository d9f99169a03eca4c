// The one state of a GRU cannot start the two of an LSTM.
// Error: layer 3 "decoder", lstm<8>: has 2 states, but layer 1 "encoder", gru<8>, which
// initial_state<"encoder"> names, has 1
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto encoder = lstm<8>();
#else
constexpr auto encoder = gru<8>();
#endif

constexpr auto model = functional(input<10, 3>(), named<"encoder">(encoder), named<"target">(input<5, 2>()),
                                  named<"decoder">(lstm<8>(), initial_state<"encoder">));
