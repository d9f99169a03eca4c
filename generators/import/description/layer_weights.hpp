// The weights that a layer must have.
#pragma once

#include "timeloom/generators/import/description/description.hpp"

namespace timeloom::importing {

/// Throws Error, naming layer, weight and both shapes, unless `layer`, which reads so many features, has the
/// weights of its kind and no others, all finite.
void check_weights(const Layer& layer, int features);

} // namespace timeloom::importing
