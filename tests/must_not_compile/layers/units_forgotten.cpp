// A layer without units.
// Error: dense: its sizes stand in angle brackets, as in dense<10>()
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = dense<1>();
#else
constexpr auto layer = dense();
#endif
