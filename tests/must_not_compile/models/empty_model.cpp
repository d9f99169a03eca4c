// A model of nothing but its input.
// Error: a model is an input and at least one layer after it
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model = sequential(input<10, 3>(), lstm<4>());
#else
constexpr auto model = sequential(input<10, 3>());
#endif
