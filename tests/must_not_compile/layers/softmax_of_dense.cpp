// A softmax as an activation.
// Error: dense<4>(softmax): a softmax is a layer of its own behind it: dense<4>(), softmax
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = dense<4>();
#else
constexpr auto layer = dense<4>(softmax);
#endif
