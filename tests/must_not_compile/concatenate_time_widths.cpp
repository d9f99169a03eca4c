// Sequences of different widths cannot follow each other.
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr int features = 3;
#else
constexpr int features = 2;
#endif

constexpr auto model =
    functional(named<"a">(input<5, 3>()), named<"b">(input<4, features>()), concatenate<"a", "b">(axis<1>));
