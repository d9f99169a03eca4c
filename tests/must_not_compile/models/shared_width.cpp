// The weights of a layer that reads three features cannot multiply two.
// Error: layer 3 "other", shared<"encoder">: needs 3 features, as layer 1 "encoder", lstm<4>, whose
// parameters it shares, but layer 2 "b", input<6, 2>, hands on 2
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
