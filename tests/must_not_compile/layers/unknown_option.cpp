// An activation is written activation(relu); a bare function would be ignored.
// Error: lstm<4>: a function is no option; write activation(f) or recurrent_activation(f)
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = lstm<4>(activation(relu));
#else
constexpr auto layer = lstm<4>(relu);
#endif
