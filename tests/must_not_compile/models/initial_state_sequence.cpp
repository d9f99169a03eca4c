// A state starts at a vector, not at a sequence.
// Error: layer 2 "gru", gru<8>: a state starts at one vector, but layer 1 "start", input<5, 8>, which
// initial_state<"start"> names, hands on a sequence of 5 steps and 8 features, rank 3
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto start = vector_input<8>();
#else
constexpr auto start = input<5, 8>();
#endif

constexpr auto model = functional(named<"x">(input<10, 3>()), named<"start">(start),
                                  named<"gru">(gru<8>(), reads<"x">, initial_state<"start">));
