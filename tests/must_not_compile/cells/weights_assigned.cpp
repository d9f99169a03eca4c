// Trained weights that are assigned.
// Error: weights "p" is assigned a value: next(...) assigns states alone
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto own =
    cell<"own">([](inputs x, state<"h"> h, weights<"p"> p) { return next(h = tanh(affine<"f">(x, h) + p)); });
#else
constexpr auto own = cell<"own">(
    [](inputs x, state<"h"> h, weights<"p"> p) { return next(h = tanh(affine<"f">(x, h) + p), p = h); });
#endif
