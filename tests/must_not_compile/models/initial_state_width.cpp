// The states of an encoder of eight units cannot start a decoder of four.
// Error: layer 3 "decoder", lstm<4>: its states have 4 values, but those of layer 1 "encoder", lstm<8>, which
// initial_state<"encoder"> names, have 8
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr int units = 8;
#else
constexpr int units = 4;
#endif

constexpr auto model = functional(input<10, 3>(), named<"encoder">(lstm<8>()), named<"target">(input<5, 2>()),
                                  named<"decoder">(lstm<units>(), initial_state<"encoder">));
