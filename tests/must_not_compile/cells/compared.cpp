// A comparison of values that no compiler knows.
// Error: a > b compares values that are known at run time alone: write greater(a, b), which is 1 where a > b
// and 0 elsewhere
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto own =
    cell<"own">([](inputs x, state<"h"> h) { return next(h = greater(h, 0) * affine<"f">(x) + h); });
#else
constexpr auto own = cell<"own">([](inputs x, state<"h"> h) { return next(h = h > 0 ? affine<"f">(x) : h); });
#endif
