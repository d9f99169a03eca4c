// A product of nothing.
// Error: affine<"f"> multiplies nothing: name its operands, such as affine<"f">(x, h)
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto own = cell<"own">([](inputs x, state<"h"> h) { return next(h = tanh(affine<"f">(x, h))); });
#else
constexpr auto own =
    cell<"own">([](inputs x, state<"h"> h) { return next(h = tanh(affine<"f">()) + x + h); });
#endif
