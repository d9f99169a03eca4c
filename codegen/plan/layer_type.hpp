// What Keras calls the layers, for tables that people read.
#pragma once

#include "timeloom/dsl/network/network.hpp"

#include <string>

namespace timeloom::codegen {

/// Keras's name for the kind of layer at `position`: "LSTM", "Dense", "Bidirectional", …
std::string layer_type(const declaration::network& network, std::size_t position);

} // namespace timeloom::codegen
