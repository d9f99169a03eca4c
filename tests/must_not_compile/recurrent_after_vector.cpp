// The first LSTM hands on only its last time step; the second needs them all.
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto first = lstm<8>(return_sequences);
#else
constexpr auto first = lstm<8>();
#endif

constexpr auto model = sequential(input<10, 3>(), first, lstm<4>(), dense<1>());
