// Axis 0 is the batch.
// Error: concatenate: its axis is 1 (time), or 2 or -1 (features), but axis<0> was given
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto along = axis<1>;
#else
constexpr auto along = axis<0>;
#endif

constexpr auto joined = concatenate<"a", "b">(along);
