// An order of gates that leaves one out.
// Error: cell "own": gates<...> leaves out gate "g"
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto own = cell<"own">(gates<"g", "f">, [](inputs x, state<"h"> h) {
    return next(h = tanh(affine<"f">(x, h)) * sigmoid(affine<"g">(x)));
});
#else
constexpr auto own = cell<"own">(gates<"f">, [](inputs x, state<"h"> h) {
    return next(h = tanh(affine<"f">(x, h)) * sigmoid(affine<"g">(x)));
});
#endif
