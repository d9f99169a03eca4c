// Checks that the layers of a description fit together, and tells the shape that each hands on.
#pragma once

#include "timeloom/generators/import/description/description.hpp"

#include <map>
#include <string>

namespace timeloom::importing {

/// What a layer hands on for one sample.
struct ValueShape {
    enum class Rank { tokens, vector, sequence } rank = Rank::vector;
    int timesteps = 1;
    int features = 0;
    bool masked = false; ///< some of the steps may be padding
};

/// By layers' names. Throws Error, naming the layer, for names that are used twice, layers that do not fit,
/// weights that are missing, left over or of another shape, and what Timeloom computes otherwise than Keras.
std::map<std::string, ValueShape> check_shapes(const Description& description);

/// Gates of a cell: 1, 4 or 3.
int gate_count(Kind cell);

/// The names of a layer's states, of the forward direction first; empty where it has none.
std::vector<std::string> state_names(const Layer& layer);

} // namespace timeloom::importing
