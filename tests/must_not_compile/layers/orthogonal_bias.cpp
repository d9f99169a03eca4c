// Orthogonal vectors take a matrix.
// Error: bias_initializer, beta_initializer, gamma_initializer: orthogonal starts matrices, not vectors
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

#ifdef CORRECT
constexpr auto layer = lstm<4>(bias_initializer(ones));
#else
constexpr auto layer = lstm<4>(bias_initializer(orthogonal));
#endif
