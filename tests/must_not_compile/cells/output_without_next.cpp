// An output with an assignment behind it.
// Error: output(...) takes a value, and behind it next(...) where the cell has states: output(y, next(h =
// ...))
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto own = cell<"own">([](inputs x, state<"h"> h) {
    const auto f = tanh(affine<"f">(x, h));
    return output(2 * f, next(h = f));
});
#else
constexpr auto own = cell<"own">([](inputs x, state<"h"> h) {
    const auto f = tanh(affine<"f">(x, h));
    return output(2 * f, h = f);
});
#endif
