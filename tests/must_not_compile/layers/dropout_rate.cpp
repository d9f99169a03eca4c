// A rate of one would drop everything.
// Error: dropout: a rate is at least 0 and below 1
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr double rate = 0.5;
#else
constexpr double rate = 1;
#endif

constexpr auto model = sequential(input<10, 3>(), lstm<4>(), dropout(rate), dense<1>());
