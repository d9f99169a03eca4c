// Equations that return a value.
// Error: cell "own": the equations return next(h = ...), which names the value of every state, or output(y)
// where there are none
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto own = cell<"own">([](inputs x, state<"h"> h) { return next(h = tanh(affine<"f">(x, h))); });
#else
constexpr auto own = cell<"own">([](inputs x, state<"h"> h) { return tanh(affine<"f">(x, h)); });
#endif
