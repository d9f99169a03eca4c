// Keras's clipvalue, clipnorm and global_clipnorm, applied to gradients before the optimizer's step.
#pragma once

#include <span>

namespace timeloom {

/// In double and in an order that depends on the number of values alone.
double sum_of_squares(std::span<const float> values);

/// Cuts every gradient to [-clipvalue, clipvalue]. Throws Error unless clipvalue is positive.
void clip_by_value(std::span<float> gradients, float clipvalue);

/// Scales the gradients so that their Euclidean norm is at most `clipnorm`, and returns the norm before. Over
/// one parameter matrix this is Keras's clipnorm, over all parameters at once its global_clipnorm. Throws
/// Error unless clipnorm is positive.
double clip_by_norm(std::span<float> gradients, double clipnorm);

} // namespace timeloom
