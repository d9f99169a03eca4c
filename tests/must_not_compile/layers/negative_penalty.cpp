// A penalty that pays would have no minimum.
// Error: l1, l2, l1_l2: the factor of a regularizer must not be negative
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = lstm<4>(kernel_regularizer(l2(0.01)));
#else
constexpr auto layer = lstm<4>(kernel_regularizer(l2(-0.01)));
#endif
