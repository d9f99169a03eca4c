// A bias that would start at 0 and at 1.
// Error: cell "own": the bias of "f" starts at 0 in one product and at 1, as unit_forget_bias says, in
// another
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto own = cell<"own">([](inputs x, state<"h"> h) {
    return next(h = sigmoid(affine<"f">(unit_forget_bias, x, h)) * tanh(affine<"g">(x)));
});
#else
constexpr auto own = cell<"own">([](inputs x, state<"h"> h) {
    return next(h = sigmoid(affine<"f">(unit_forget_bias, x, h)) * tanh(affine<"f">(x)));
});
#endif
