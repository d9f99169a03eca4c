// One option twice.
// Error: lstm<4>: dropout(rate) is given twice
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = lstm<4>(dropout(0.1), recurrent_dropout(0.2));
#else
constexpr auto layer = lstm<4>(dropout(0.1), dropout(0.2));
#endif
