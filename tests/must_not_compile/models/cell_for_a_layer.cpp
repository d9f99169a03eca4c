// A cell where a layer stands.
// Error: argument 1 of the model is a cell: write recurrent<units>(cell)
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model = sequential(input<10, 3>(), recurrent<4>(gru_cell()));
#else
constexpr auto model = sequential(input<10, 3>(), gru_cell());
#endif
