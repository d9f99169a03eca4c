// A name where an operand stands.
// Error: operand 2 of affine<"f"> is no value of the equations: it multiplies inputs, states and computed
// values
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto own = cell<"own">([](inputs x, state<"h"> h) { return next(h = tanh(affine<"f">(x, h))); });
#else
constexpr auto own =
    cell<"own">([](inputs x, state<"h"> h) { return next(h = tanh(affine<"f">(x, "h")) + h); });
#endif
