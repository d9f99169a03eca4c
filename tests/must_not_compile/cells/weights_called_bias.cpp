// A trained vector with the name of biases.
// Error: cell "own": weights "bias": this is a name of matrices and biases
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto own =
    cell<"own">([](inputs x, state<"h"> h, weights<"p"> p) { return next(h = tanh(affine<"f">(x, h) + p)); });
#else
constexpr auto own = cell<"own">(
    [](inputs x, state<"h"> h, weights<"bias"> p) { return next(h = tanh(affine<"f">(x, h) + p)); });
#endif
