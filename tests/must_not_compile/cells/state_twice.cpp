// A state of two values.
// Error: cell "own": next(...) gives state "h" two values
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto own = cell<"own">([](inputs x, state<"h"> h) {
    const auto f = tanh(affine<"f">(x, h));
    return next(h = 2 * f);
});
#else
constexpr auto own = cell<"own">([](inputs x, state<"h"> h) {
    const auto f = tanh(affine<"f">(x, h));
    return next(h = f, h = 2 * f);
});
#endif
