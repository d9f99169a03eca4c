// A sum of vectors of eight and of four values.
// Error: layer 3, add: needs values of one width, but layer 1 "a", lstm<8>, hands on one vector of 8
// features, rank 2, layer 2 "b", lstm<4>, hands on one vector of 4 features, rank 2
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr int units = 8;
#else
constexpr int units = 4;
#endif

constexpr auto model = functional(named<"x">(input<10, 3>()), named<"a">(lstm<8>()),
                                  named<"b">(lstm<units>(), reads<"x">), add<"a", "b">());
