// Only one vector can be repeated: the layer before must hand on its last output alone.
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto first = lstm<8>();
#else
constexpr auto first = lstm<8>(return_sequences);
#endif

constexpr auto model = sequential(input<10, 3>(), first, repeat_vector<5>(), lstm<4>());
