// An option that is none of merging.
// Error: bidirectional(lstm<4>): its options are merge::concat, sum, mul, ave, none
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = bidirectional(lstm<4>(return_sequences));
#else
constexpr auto layer = bidirectional(lstm<4>(), return_sequences);
#endif
