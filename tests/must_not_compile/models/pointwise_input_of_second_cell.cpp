// The same within stacked cells: the second one reads what the first one hands on.
// Error: layer 1, stacked_cells: one of its cells uses its input pointwise, but has another number of units
// than the input has features
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

constexpr auto running_sum = cell<"running_sum">([](inputs x, state<"h"> h) { return next(h = h + x); });

#ifdef CORRECT
constexpr int units = 4;
#else
constexpr int units = 3;
#endif

constexpr auto model = sequential(input<10, 2>(), stacked_cells(lstm<4>(), recurrent<units>(running_sum)));
