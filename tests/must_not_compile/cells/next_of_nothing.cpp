// next() without states.
// Error: next() assigns no state: write next(h = ...), or output(y) for a cell without states
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto own = cell<"own">([](inputs x, state<"h"> h) { return next(h = tanh(affine<"f">(x, h))); });
#else
constexpr auto own = cell<"own">([](inputs x, state<"h"> h) {
    [[maybe_unused]] const auto f = tanh(affine<"f">(x, h));
    return next();
});
#endif
