// ONNX's nodes RNN, LSTM and GRU as layers.
#pragma once

#include "timeloom/generators/import/description/description.hpp"
#include "timeloom/generators/import/onnx/onnx_file.hpp"

#include <functional>
#include <string>

namespace timeloom::importing {

/// An operand that is a constant; null where it is missing (an empty name) or computed.
using OnnxConstants = std::function<const OnnxTensor*(const std::string& name)>;

inline bool is_onnx_cell(const std::string& op) { return op == "RNN" || op == "LSTM" || op == "GRU"; }

/// The layer, which returns sequences, without what it reads and what its states start from: a cell, or both
/// directions. Throws Error, naming the node, for weights that are no constants and attributes that cannot be
/// imported.
Layer onnx_cell(const OnnxNode& node, const std::string& name, const OnnxConstants& constants);

/// The activation of ONNX's name; empty where there is none such. Its parameters must be ONNX's defaults.
std::string from_onnx_activation(const std::string& name);

} // namespace timeloom::importing
