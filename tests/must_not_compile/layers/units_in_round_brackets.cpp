// Units as in Python.
// Error: lstm: its sizes stand in angle brackets, as in lstm<64>()
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = lstm<64>();
#else
constexpr auto layer = lstm(64);
#endif
