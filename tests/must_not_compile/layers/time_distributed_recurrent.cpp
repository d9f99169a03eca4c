// A recurrent layer has no single time step that could be repeated.
// Error: time_distributed(lstm<4>): a time step is one vector, but a recurrent layer reads a sequence of
// them: write the layer itself, with return_sequences
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = time_distributed(dense<4>());
#else
constexpr auto layer = time_distributed(lstm<4>());
#endif
