// A matrix of a number.
// Error: operand 2 of affine<"f"> is a number: a matrix multiplies the input, a state or a computed value
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto own =
    cell<"own">([](inputs x, state<"h"> h) { return next(h = tanh(affine<"f">(x) + 0.5) + h); });
#else
constexpr auto own =
    cell<"own">([](inputs x, state<"h"> h) { return next(h = tanh(affine<"f">(x, 0.5)) + h); });
#endif
