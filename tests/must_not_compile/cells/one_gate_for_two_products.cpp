// A gate that was copied, and not renamed.
// Error: cell "own": two products are called "f", one of state "h" and one of a computed value: give them
// names of their own
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto own = cell<"own">([](inputs x, state<"h"> h) {
    const auto f = sigmoid(affine<"f">(x, h));
    return next(h = f * tanh(affine<"h">(x, f * h)));
});
#else
constexpr auto own = cell<"own">([](inputs x, state<"h"> h) {
    const auto f = sigmoid(affine<"f">(x, h));
    return next(h = f * tanh(affine<"f">(x, f * h)));
});
#endif
