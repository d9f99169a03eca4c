// The two ways to write a recurrent layer: as ONNX's own operator, and as Scan over the cell's equations.
#pragma once

#include "timeloom/runtime/foreign/known_cell.hpp"
#include "timeloom/runtime/onnx/value.hpp"

namespace timeloom::onnx {

/// True if ONNX's RNN, LSTM or GRU computes the cell: it has no masks, and only activations that take no
/// parameters in ONNX.
bool has_operator(const detail::KnownCell& cell);
Value add_operator(Graph& graph, const plan::Layer& layer, const detail::KnownCell& cell,
                   const plan::Equations& equations, std::span<const float> parameters, const Value& input,
                   const Names& initial);

/// Adds a Scan that runs the equations of a cell with states over time.
Value add_scan(Graph& graph, const plan::Layer& layer, const plan::Equations& equations,
               std::span<const float> parameters, const Value& input, const Names& initial);

/// What a cell without states makes of its input, whatever its rank.
std::string add_equations(Graph& graph, const plan::Equations& equations, std::span<const float> parameters,
                          const std::string& input);

} // namespace timeloom::onnx
