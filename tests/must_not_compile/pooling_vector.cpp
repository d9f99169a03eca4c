// The LSTM hands on its last output only.
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto chosen = lstm<4>(return_sequences);
#else
constexpr auto chosen = lstm<4>();
#endif

constexpr auto model = sequential(input<5, 3>(), chosen, global_max_pooling1d());
