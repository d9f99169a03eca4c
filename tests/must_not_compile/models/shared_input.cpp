// An input is no layer.
// Error: layer 2, shared<"a">: layer 0 "a", input<5, 3>, has no parameters to share
#include "timeloom/dsl/dsl.hpp"

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model = functional(named<"a">(input<5, 3>()), named<"x">(dense<3>()), shared<"x">());
#else
constexpr auto model = functional(named<"a">(input<5, 3>()), named<"x">(dense<3>()), shared<"a">());
#endif
