// The two ways to write a recurrent layer: as ONNX's own operator, and as Scan over the cell's equations.
#pragma once

#include "timeloom/runtime/foreign/known_cell.hpp"
#include "timeloom/runtime/onnx/value.hpp"

namespace timeloom::onnx {

/// Whether an operator computes the cell: one whose activations ONNX has without parameters, and without
/// masks.
bool has_operator(const KnownCell& cell);
Value add_operator(Graph& graph, const plan::Layer& layer, const KnownCell& cell,
                   const plan::Equations& equations, std::span<const float> parameters, const Value& input,
                   const Names& initial);

/// Of a cell that has states.
Value add_scan(Graph& graph, const plan::Layer& layer, const plan::Equations& equations,
               std::span<const float> parameters, const Value& input, const Names& initial);

/// What a cell without states makes of its input, whatever its rank.
std::string add_equations(Graph& graph, const plan::Equations& equations, std::span<const float> parameters,
                          const std::string& input);

} // namespace timeloom::onnx
