// A dense layer before the embedding.
// Error: layer 1, dense<8>: needs vectors, but layer 0, input<10>, hands on 10 token ids; token ids go
// through an embedding first
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model = sequential(input<10>(), embedding<100, 8>(), dense<8>());
#else
constexpr auto model = sequential(input<10>(), dense<8>(), embedding<100, 8>());
#endif
