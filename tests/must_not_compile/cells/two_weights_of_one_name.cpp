// Two trained vectors that are called alike.
// Error: cell "own": two weights<> are called "p"
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto own = cell<"own">([](inputs x, state<"h"> h, weights<"p"> p, weights<"q"> q) {
    return next(h = p * h + q * tanh(affine<"f">(x)));
});
#else
constexpr auto own = cell<"own">([](inputs x, state<"h"> h, weights<"p"> p, weights<"p"> q) {
    return next(h = p * h + q * tanh(affine<"f">(x)));
});
#endif
