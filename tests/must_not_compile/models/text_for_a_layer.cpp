// A text where a layer stands.
// Error: argument 1 of the model is no layer, but a text
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model = sequential(input<10, 3>(), lstm<4>());
#else
constexpr auto model = sequential(input<10, 3>(), "lstm");
#endif
