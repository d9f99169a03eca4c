// A layer reads one that does not stand before it.
// Error: layer 2 "second", lstm<4>: reads<"encoder">, but no layer is called so (before it stand "x",
// "first")
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto source = reads<"x">;
#else
constexpr auto source = reads<"encoder">;
#endif

constexpr auto model = functional(named<"x">(input<10, 3>()), named<"first">(lstm<8>()),
                                  named<"second">(lstm<4>(), source), concatenate<"first", "second">());
