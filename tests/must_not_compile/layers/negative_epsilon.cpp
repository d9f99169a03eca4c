// A normalization with a negative epsilon.
// Error: layer_normalization: epsilon must not be negative
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = layer_normalization(1e-3);
#else
constexpr auto layer = layer_normalization(-1e-3);
#endif
