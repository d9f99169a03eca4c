// A parameter that is no part of a cell.
// Error: cell "own": parameter 2 of the equations is none of inputs x, state<"h"> h, weights<"p"> p
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto own = cell<"own">([](inputs x) { return output(0.5 * tanh(affine<"f">(x))); });
#else
constexpr auto own = cell<"own">([](inputs x, double rate) { return output(rate * tanh(affine<"f">(x))); });
#endif
