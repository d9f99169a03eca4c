// Two states that are called alike.
// Error: cell "own": two states are called "h"
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto own = cell<"own">(
    [](inputs x, state<"h"> h, state<"c"> c) { return next(h = tanh(affine<"f">(x, c)), c = h); });
#else
constexpr auto own = cell<"own">(
    [](inputs x, state<"h"> h, state<"h"> c) { return next(h = tanh(affine<"f">(x, c)), c = h); });
#endif
