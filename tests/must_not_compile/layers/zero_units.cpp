// A layer without units.
// Error: lstm<0>: units must be at least 1, but are 0
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr int units = 1;
#else
constexpr int units = 0;
#endif

constexpr auto model = sequential(input<10, 3>(), lstm<units>());
