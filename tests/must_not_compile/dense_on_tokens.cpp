// A dense layer multiplies vectors; input<timesteps>() hands it token ids.
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model = sequential(input<10>(), embedding<100, 8>(), dense<1>());
#else
constexpr auto model = sequential(input<10>(), dense<1>());
#endif
