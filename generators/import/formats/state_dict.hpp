// PyTorch's state_dict, as safetensors' save_file writes it.
#pragma once

#include "timeloom/generators/import/description/description.hpp"
#include "timeloom/generators/import/formats/import_options.hpp"

#include <filesystem>

namespace timeloom::importing {

/// The modules that ImportOptions::layers names, in their order: nn.RNN, LSTM, GRU, Embedding, Linear and
/// LayerNorm by the tensors that they have, with words for what has none (see docs/import.md). Throws Error
/// for modules that the file lacks, tensors that no module reads, and what a state_dict does not tell and the
/// words leave open.
Description read_state_dict(const std::filesystem::path& file, const ImportOptions& options);

} // namespace timeloom::importing
