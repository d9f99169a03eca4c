// A lambda that does not say what its parameters are.
// Error: cell "own": the equations are a lambda whose parameters have types: [](inputs x, state<"h"> h) { ...
// }
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto own = cell<"own">([](inputs x, state<"h"> h) { return next(h = tanh(affine<"f">(x, h))); });
#else
constexpr auto own = cell<"own">([](auto x, auto h) { return next(h = tanh(affine<"f">(x, h))); });
#endif
