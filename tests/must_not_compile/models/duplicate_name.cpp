// Two layers of one name.
// Error: layer 2 "first", lstm<4>: layer 1 has the same name
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto second = named<"second">(lstm<4>());
#else
constexpr auto second = named<"first">(lstm<4>());
#endif

constexpr auto model = functional(input<10, 3>(), named<"first">(lstm<8>(return_sequences)), second);
