// A state that nothing reads.
// Error: cell "own": nothing reads state "c": leave it out (an output that is no state is written output(y,
// next(...)))
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto own = cell<"own">(
    [](inputs x, state<"h"> h, state<"c"> c) { return next(h = tanh(affine<"f">(x, h)), c = c + h); });
#else
constexpr auto own = cell<"own">(
    [](inputs x, state<"h"> h, state<"c"> c) { return next(h = tanh(affine<"f">(x, h)), c = h); });
#endif
