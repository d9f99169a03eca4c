// Four states of an encoder that reads both ways for two of the decoder.
// Error: layer 3 "decoder", lstm<8>: has 2 states, but layer 1 "encoder", bidirectional(lstm<8>), which
// initial_state<"encoder"> names, has 4
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto decoder = bidirectional(lstm<8>());
#else
constexpr auto decoder = lstm<8>();
#endif

constexpr auto model =
    functional(input<10, 3>(), named<"encoder">(bidirectional(lstm<8>())), named<"target">(input<5, 2>()),
               named<"decoder">(decoder, initial_state<"encoder">));
