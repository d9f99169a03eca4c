// The two calls would go on from each other's states.
// Error: layer 3 "y", lstm<4>: a stateful layer has the states of one call only
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto chosen = lstm<4>();
#else
constexpr auto chosen = lstm<4>(stateful);
#endif

constexpr auto model = functional(named<"a">(input<5, 3>()), named<"x">(chosen), named<"b">(input<5, 3>()),
                                  named<"y">(shared<"x">()), add<"x", "y">());
