// A penalty that pays would have no minimum.
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = lstm<4>(kernel_regularizer(l2(0.01)));
#else
constexpr auto layer = lstm<4>(kernel_regularizer(l2(-0.01)));
#endif
