// A dense layer reads one value, not two.
// Error: layer 3 "y", dense<2>: needs vectors, but layer 1 "both", bidirectional(lstm<4>), hands on both
// directions, each one vector of 4 features, rank 2
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto read = dense<2>();
#else
constexpr auto read = named<"y">(dense<2>(), reads<"both">);
#endif

constexpr auto model = functional(input<5, 3>(), named<"both">(bidirectional(lstm<4>(), merge::none)),
                                  backward_of<"both">(), read);
