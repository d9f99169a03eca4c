// Right checksums for mutated files.
#pragma once

#include <string>
#include <string_view>

namespace timeloom::fuzz {

/// A safetensors file of ours: the header's length and the checksum of the whole file; in checkpoints, that
/// of the training's state, too.
std::string repair_weights(std::string bytes);
bool has_weights_checksum(std::string_view bytes);

/// A JSON file with "checksum" beside the value called `name`, which is the last one.
std::string repair_json(std::string bytes, std::string_view name);

} // namespace timeloom::fuzz
