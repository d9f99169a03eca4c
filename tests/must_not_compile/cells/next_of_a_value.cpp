// A value that is given to no state.
// Error: argument 1 of next(...) is a value of no state: write next(h = ...) with the name of a state
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto own = cell<"own">([](inputs x, state<"h"> h) { return next(h = tanh(affine<"f">(x, h))); });
#else
constexpr auto own = cell<"own">([](inputs x, state<"h"> h) { return next(tanh(affine<"f">(x, h))); });
#endif
