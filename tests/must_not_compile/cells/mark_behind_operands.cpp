// A mark that stands behind the operands.
// Error: operand 3 of affine<"f"> is an option: unit_forget_bias and use_bias(bool) stand before the operands
// of affine
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto own =
    cell<"own">([](inputs x, state<"h"> h) { return next(h = tanh(affine<"f">(unit_forget_bias, x, h))); });
#else
constexpr auto own =
    cell<"own">([](inputs x, state<"h"> h) { return next(h = tanh(affine<"f">(x, h, unit_forget_bias))); });
#endif
