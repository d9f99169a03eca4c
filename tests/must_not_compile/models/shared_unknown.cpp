// The layer that is shared stands before.
// Error: layer 3 "other", shared<"decoder">: no layer before it is called so (before it stand "a", "encoder",
// "b")
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto again = shared<"encoder">();
#else
constexpr auto again = shared<"decoder">();
#endif

constexpr auto model =
    functional(named<"a">(input<5, 3>()), named<"encoder">(lstm<4>()), named<"b">(input<6, 3>()),
               named<"other">(again), add<"encoder", "other">());
