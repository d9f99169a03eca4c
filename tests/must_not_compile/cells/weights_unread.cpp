// A trained vector that nothing reads.
// Error: cell "own": nothing reads weights "p": leave them out
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto own =
    cell<"own">([](inputs x, state<"h"> h, weights<"p"> p) { return next(h = tanh(affine<"f">(x, h) + p)); });
#else
constexpr auto own = cell<"own">([](inputs x, state<"h"> h, [[maybe_unused]] weights<"p"> p) {
    return next(h = tanh(affine<"f">(x, h)));
});
#endif
