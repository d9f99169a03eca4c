// A dense layer multiplies vectors; input<timesteps>() hands it token ids.
// Error: layer 1, dense<1>: needs vectors, but layer 0, input<10>, hands on 10 token ids; token ids go
// through an embedding first
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model = sequential(input<10>(), embedding<100, 8>(), dense<1>());
#else
constexpr auto model = sequential(input<10>(), dense<1>());
#endif
