// Windows of no time step.
// Error: truncate: windows have at least one time step
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = lstm<4>(truncate(1));
#else
constexpr auto layer = lstm<4>(truncate(0));
#endif
