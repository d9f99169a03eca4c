// A cell that adds its input to its state: the input must have as many features as the cell has units.
// Error: layer 1, recurrent<4>: its cell uses the input pointwise, so it needs 4 features, but gets 3
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

constexpr auto running_sum = cell<"running_sum">([](inputs x, state<"h"> h) { return next(h = h + x); });

#ifdef CORRECT
constexpr int units = 3;
#else
constexpr int units = 4;
#endif

constexpr auto model = sequential(input<10, 3>(), recurrent<units>(running_sum));
