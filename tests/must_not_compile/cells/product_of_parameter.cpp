// A matrix must multiply something that changes from step to step, not a trained vector.
// Error: cell "peephole": product "h" multiplies the trained weights "p": a matrix multiplies the input, a
// state or a computed value
#include <timeloom/dsl/dsl.hpp>

using namespace timeloom::dsl;

constexpr auto parameter_times_matrix = cell<"peephole">([](inputs x, state<"h"> h, weights<"p"> p) {
#ifdef CORRECT
    return next(h = tanh(affine<"h">(x, h) + p * h));
#else
    return next(h = tanh(affine<"h">(x, p) + h));
#endif
});
