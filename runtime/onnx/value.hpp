// What nodes of a plan are in an ONNX graph.
#pragma once

#include "timeloom/runtime/onnx/graph.hpp"
#include "timeloom/runtime/plan/model.hpp"

#include <span>

namespace timeloom::onnx {

/// A sequence (batch, timesteps, width), or a vector (batch, width). Token ids have no width.
struct Value {
    std::string name{};
    bool is_sequence = true;
    int timesteps = 1;
    int width = 0;
    std::string mask{};   ///< (batch, timesteps): 1 where a step counts, else 0; "": all count
    Names final_states{}; ///< of a cell, after its last step: (batch, units)
};

/// With its last time step first.
Value reversed(Graph& graph, const Value& value);
/// (batch, timesteps) to (batch, timesteps, 1), and such.
std::string unsqueezed(Graph& graph, const std::string& value, std::int64_t axis);
std::string squeezed(Graph& graph, const std::string& value, std::int64_t axis);
/// As many rows as `like` has, of these extents.
std::string filled(Graph& graph, const std::string& like, const Numbers& extents, float value);

/// The values of a packed matrix, row by row: (rows, units); or (units, rows), transposed.
std::vector<float> values_of(const plan::PackedMatrix& matrix, std::span<const float> parameters);
std::vector<float> transposed_values_of(const plan::PackedMatrix& matrix, std::span<const float> parameters);

/// A recurrent layer, dense or activation. `initial`: where its states start; none: zeros.
Value add_cell(Graph& graph, const plan::Layer& layer, const plan::Equations& equations,
               std::span<const float> parameters, const Value& input, const Names& initial);
/// Any other layer.
Value add_layer(Graph& graph, const plan::Layer& layer, std::span<const float> parameters,
                const std::vector<Value>& inputs);

} // namespace timeloom::onnx
