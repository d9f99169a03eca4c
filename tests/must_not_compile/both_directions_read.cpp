// A dense layer reads one value, not two.
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto read = dense<2>();
#else
constexpr auto read = named<"y">(dense<2>(), reads<"both">);
#endif

constexpr auto model = functional(input<5, 3>(), named<"both">(bidirectional(lstm<4>(), merge::none)),
                                  backward_of<"both">(), read);
