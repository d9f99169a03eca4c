// An input that is assigned.
// Error: the input is assigned a value: next(...) assigns states alone
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto own = cell<"own">([](inputs x, state<"h"> h) { return next(h = tanh(affine<"f">(x, h))); });
#else
constexpr auto own =
    cell<"own">([](inputs x, state<"h"> h) { return next(h = tanh(affine<"f">(x, h)), x = h); });
#endif
