// Sequences of different widths cannot follow each other.
// Error: layer 2, concatenate: needs sequences of one width, as it concatenates in time (axis<1>), but layer
// 0 "a", input<5, 3>, hands on a sequence of 5 steps and 3 features, rank 3, layer 1 "b", input<4, 2>, hands
// on a sequence of 4 steps and 2 features, rank 3
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr int features = 3;
#else
constexpr int features = 2;
#endif

constexpr auto model =
    functional(named<"a">(input<5, 3>()), named<"b">(input<4, features>()), concatenate<"a", "b">(axis<1>));
