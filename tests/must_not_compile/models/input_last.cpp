// A model whose output is an input.
// Error: layer 2, input<10, 2>: the last element is the model's output, but this is an input
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model = functional(input<10, 3>(), lstm<4>());
#else
constexpr auto model = functional(input<10, 3>(), lstm<4>(), input<10, 2>());
#endif
