// PyTorch's state_dict, as safetensors' save_file writes it, or as JSON of its tensors' tolist().
#pragma once

#include "timeloom/generators/import/containers/json.hpp"
#include "timeloom/generators/import/description/description.hpp"
#include "timeloom/generators/import/formats/import_options.hpp"
#include "timeloom/runtime/weights/weights_file.hpp"

#include <vector>

namespace timeloom::importing {

/// The modules that ImportOptions::layers names, in their order: nn.RNN, LSTM, GRU, Embedding, Linear and
/// LayerNorm by the tensors that they have, with words for what has none (see docs/import.md). Throws Error
/// for modules that the file lacks, tensors that no module reads, and what a state_dict does not tell and the
/// words leave open.
Description read_state_dict(std::vector<NamedTensor> tensors, const ImportOptions& options);

/// The members of a JSON object as tensors.
std::vector<NamedTensor> tensors_of(const Json& json);

} // namespace timeloom::importing
