// next(h, c) for next(h = ..., c = ...).
// Error: argument 1 of next(...) is state "h" as it was before the step: write next(h = ...)
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto own = cell<"own">(
    [](inputs x, state<"h"> h, state<"c"> c) { return next(h = c, c = c + tanh(affine<"f">(x, h))); });
#else
constexpr auto own = cell<"own">(
    [](inputs x, state<"h"> h, state<"c"> c) { return next(h, c = c + tanh(affine<"f">(x, h))); });
#endif
