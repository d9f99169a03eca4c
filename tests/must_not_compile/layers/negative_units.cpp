// A negative number of units.
// Error: gru<-3>: units must be at least 1, but are -3
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = gru<3>();
#else
constexpr auto layer = gru<-3>();
#endif
