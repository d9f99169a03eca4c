// A name that no function can have.
// Error: cell "my cell": a name is made of letters, digits and _
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto own =
    cell<"my_cell">([](inputs x, state<"h"> h) { return next(h = tanh(affine<"f">(x, h))); });
#else
constexpr auto own =
    cell<"my cell">([](inputs x, state<"h"> h) { return next(h = tanh(affine<"f">(x, h))); });
#endif
