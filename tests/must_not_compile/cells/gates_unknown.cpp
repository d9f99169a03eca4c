// An order of gates that names one that there is not.
// Error: cell "own": gates<...> names "i", but no product of the equations is called so
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto own =
    cell<"own">(gates<"f">, [](inputs x, state<"h"> h) { return next(h = tanh(affine<"f">(x, h))); });
#else
constexpr auto own =
    cell<"own">(gates<"i", "f">, [](inputs x, state<"h"> h) { return next(h = tanh(affine<"f">(x, h))); });
#endif
