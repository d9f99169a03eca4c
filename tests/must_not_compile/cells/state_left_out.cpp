// next() must say what becomes of every state.
// Error: cell "forgetful": next(...) leaves out state "c": it names the value of every state
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

constexpr auto forgetful = cell<"forgetful">([](inputs x, state<"h"> h, [[maybe_unused]] state<"c"> c) {
    const auto value = tanh(affine<"h">(x, h));
#ifdef CORRECT
    return next(h = value, c = c + value);
#else
    return next(h = value);
#endif
});
