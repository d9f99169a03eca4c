// An option where a layer stands.
// Error: argument 2 of the model is no layer, but return_sequences
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model = sequential(input<10, 3>(), lstm<4>(return_sequences));
#else
constexpr auto model = sequential(input<10, 3>(), lstm<4>(), return_sequences);
#endif
