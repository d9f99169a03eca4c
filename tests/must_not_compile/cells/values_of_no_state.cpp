// The states themselves, instead of what becomes of them.
// Error: argument 1 of next(...) is state "h" as it was before the step: write next(h = ...)
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto own = cell<"own">([](inputs x, state<"h"> h) {
    const auto f = tanh(affine<"f">(x, h));
    return next(h = f);
});
#else
constexpr auto own = cell<"own">([](inputs x, state<"h"> h) {
    const auto f = tanh(affine<"f">(x, h));
    return next(h, f);
});
#endif
