// A power, which is no operation.
// Error: pow(...) is no operation of the equations: there are + - * /, sigmoid, tanh, relu, exp, log, sqrt,
// softplus, abs, min, max, greater
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto own = cell<"own">([](inputs x, state<"h"> h) { return next(h = h * h + affine<"f">(x)); });
#else
constexpr auto own = cell<"own">([](inputs x, state<"h"> h) { return next(h = pow(h, 2) + affine<"f">(x)); });
#endif
