// Where a model's parameters lie in its one buffer, and under which names and shapes they are known outside.
#pragma once

#include "timeloom/codegen/plan/plan_storage.hpp"
#include "timeloom/dsl/network/network.hpp"
#include "timeloom/runtime/plan/parameter.hpp"

#include <cstddef>
#include <vector>

namespace timeloom::codegen {

/// Offsets of one layer's parameters, in floats from the start of the model's buffer.
struct layer_offsets {
    std::vector<std::size_t> products{}; ///< of the packed matrices of each product group of the cell
    std::size_t vectors = 0; ///< of the layer's vectors, one after the other; or of the embedding's table
    bool has_parameters = false;
};

/// In memory embedding tables come first, so that what every training step touches is one contiguous range
/// behind them. A layer that shares another one's parameters has the offsets of that one.
struct parameter_plan {
    std::vector<plan::Parameter> parameters; ///< in the order of the memory
    std::vector<layer_offsets> layers;
    std::size_t size = 0;
    std::size_t dense_begin = 0; ///< start of the parameters that are no embedding tables
};

parameter_plan plan_parameters(const declaration::network& network, plan_storage& storage);

} // namespace timeloom::codegen
