// Token ids are no vectors.
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto model = sequential(input<10, 3>(), layer_normalization());
#else
constexpr auto model = sequential(input<10>(), layer_normalization());
#endif
