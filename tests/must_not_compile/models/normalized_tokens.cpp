// Token ids are no vectors.
// Error: layer 1, layer_normalization: needs vectors, but layer 0, input<10>, hands on 10 token ids; token
// ids go through an embedding first
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model = sequential(input<10, 3>(), layer_normalization());
#else
constexpr auto model = sequential(input<10>(), layer_normalization());
#endif
