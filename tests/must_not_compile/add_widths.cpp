// A sum of vectors of eight and of four values.
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr int units = 8;
#else
constexpr int units = 4;
#endif

constexpr auto model = functional(named<"x">(input<10, 3>()), named<"a">(lstm<8>()),
                                  named<"b">(lstm<units>(), reads<"x">), add<"a", "b">());
