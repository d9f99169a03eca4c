// A step would become a sequence of its own.
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = time_distributed(layer_normalization());
#else
constexpr auto layer = time_distributed(repeat_vector<4>());
#endif
