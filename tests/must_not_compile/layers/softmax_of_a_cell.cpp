// A softmax inside a cell.
// Error: activation(softmax): softmax reads all units at once, so it is a layer of its own, behind dense:
// dense<4>(), softmax
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = lstm<4>(activation(tanh));
#else
constexpr auto layer = lstm<4>(activation(softmax));
#endif
