// A name as in Python.
// Error: named: the name stands in angle brackets, as in named<"encoder">(lstm<64>())
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = named<"encoder">(lstm<4>());
#else
constexpr auto layer = named("encoder", lstm<4>());
#endif
