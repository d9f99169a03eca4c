// Values that are masked where there are tokens.
// Error: layer 1, masking: needs a sequence of vectors (batch, timesteps, features), rank 3, but layer 0,
// input<10>, hands on 10 token ids; token ids go through an embedding first
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model = sequential(input<10>(), embedding<100, 8>(mask_zero));
#else
constexpr auto model = sequential(input<10>(), masking(), embedding<100, 8>());
#endif
