// Axis 0 is the batch.
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto along = axis<1>;
#else
constexpr auto along = axis<0>;
#endif

constexpr auto joined = concatenate<"a", "b">(along);
