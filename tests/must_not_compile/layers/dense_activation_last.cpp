// A dense layer's activation behind its options.
// Error: dense<4>: its activation is one, and stands first, before its options
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = dense<4>(tanh, use_bias(false));
#else
constexpr auto layer = dense<4>(use_bias(false), tanh);
#endif
