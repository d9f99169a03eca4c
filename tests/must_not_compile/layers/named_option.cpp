// An option of a layer given to its name.
// Error: named<"encoder">: argument 2 is none of its options, which are reads<"..."> and initial_state<"...">
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = named<"encoder">(lstm<4>(return_sequences));
#else
constexpr auto layer = named<"encoder">(lstm<4>(), return_sequences);
#endif
