// The weights of a layer that reads three features cannot multiply two.
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr int features = 3;
#else
constexpr int features = 2;
#endif

constexpr auto model =
    functional(named<"a">(input<5, 3>()), named<"encoder">(lstm<4>()), named<"b">(input<6, features>()),
               named<"other">(shared<"encoder">()), add<"encoder", "other">());
