// A state starts at a vector, not at a sequence.
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto start = vector_input<8>();
#else
constexpr auto start = input<5, 8>();
#endif

constexpr auto model = functional(named<"x">(input<10, 3>()), named<"start">(start),
                                  named<"gru">(gru<8>(), reads<"x">, initial_state<"start">));
