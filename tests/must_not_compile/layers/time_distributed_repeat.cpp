// A step would become a sequence of its own.
// Error: time_distributed(repeat_vector<4>): needs a layer that makes one vector of one time step: dense,
// embedding, activation, dropout, softmax, layer_normalization, flatten
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = time_distributed(layer_normalization());
#else
constexpr auto layer = time_distributed(repeat_vector<4>());
#endif
