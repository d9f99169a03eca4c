// A layer where a cell stands.
// Error: recurrent<4>: its first argument is a cell, such as cell<"mgu">([](inputs x, state<"h"> h) { ... })
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = recurrent<4>(lstm_cell());
#else
constexpr auto layer = recurrent<4>(lstm<4>());
#endif
