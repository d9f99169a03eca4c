// A recurrent layer has no single time step that could be repeated.
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = time_distributed(dense<4>());
#else
constexpr auto layer = time_distributed(lstm<4>());
#endif
