// A gate that nothing reads.
// Error: cell "own": nothing reads product "o": leave it out
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto own = cell<"own">([](inputs x, state<"h"> h) {
    const auto o = sigmoid(affine<"o">(x, h));
    return next(h = o * tanh(affine<"f">(x, h)));
});
#else
constexpr auto own = cell<"own">([](inputs x, state<"h"> h) {
    [[maybe_unused]] const auto o = sigmoid(affine<"o">(x, h));
    return next(h = tanh(affine<"f">(x, h)));
});
#endif
