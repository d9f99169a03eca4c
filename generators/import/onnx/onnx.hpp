// ONNX files: RNN, LSTM and GRU, and what exporters put around them.
#pragma once

#include "timeloom/generators/import/description/description.hpp"
#include "timeloom/generators/import/formats/import_options.hpp"

#include <string_view>

namespace timeloom::importing {

/// The layers that lead to the graph's only output. Axes are followed by what they mean (batch, time,
/// direction, features), so that files whose time comes first, and files with a frozen batch, become layers
/// that take any batch. Throws Error, naming the node, for what cannot be imported.
Description read_onnx(std::string_view bytes, const ImportOptions& options);

} // namespace timeloom::importing
