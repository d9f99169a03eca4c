// An embedding without units.
// Error: embedding: its sizes stand in angle brackets, as in embedding<10000, 100>(), vocabulary and units
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = embedding<10000, 100>();
#else
constexpr auto layer = embedding<10000>();
#endif
