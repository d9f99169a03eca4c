// A cell with two inputs.
// Error: cell "own": has 2 inputs, but a layer hands a cell one
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto own = cell<"own">([](inputs x, state<"h"> h) { return next(h = tanh(affine<"f">(x, h))); });
#else
constexpr auto own = cell<"own">(
    [](inputs x, inputs y, state<"h"> h) { return next(h = tanh(affine<"f">(x, h) + product<"g">(y))); });
#endif
