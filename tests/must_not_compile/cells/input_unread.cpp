// An input that nothing reads.
// Error: cell "own": nothing reads the input x: leave it out of the lambda's parameters
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto own =
    cell<"own">([]([[maybe_unused]] inputs x, state<"h"> h) { return next(h = tanh(affine<"f">(x, h))); });
#else
constexpr auto own =
    cell<"own">([]([[maybe_unused]] inputs x, state<"h"> h) { return next(h = tanh(affine<"f">(h))); });
#endif
