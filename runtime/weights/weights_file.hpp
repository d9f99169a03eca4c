// Named parameters in a safetensors file, which Python and other tools read too.
#pragma once

#include "timeloom/runtime/tensors/shape.hpp"
#include "timeloom/runtime/tensors/tensor.hpp"

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace timeloom {

/// Parameters to be saved, owned by someone else; `values` has shape.size() entries.
struct NamedValues {
    std::string name;
    Shape shape;
    std::span<const float> values;
};

struct NamedTensor {
    std::string name;
    Tensor tensor;
};

/// Texts by name that a file holds beside its tensors.
using FileMetadata = std::map<std::string, std::string>;

/// What a file holds, in the order of its data. `model` is empty where another program wrote the file;
/// `metadata` is what was given to save_weights().
struct WeightsFile {
    std::string model;
    std::vector<NamedTensor> tensors;
    FileMetadata metadata{};
};

/// Writes 32-bit float tensors with the model's name, a format version and a checksum of the whole file as
/// metadata, and `more_metadata` beside them. The file appears under `path` only when it is complete and on
/// disk. Throws Error, naming the file, when it cannot be written, for names that are repeated, reserved or
/// not UTF-8, and for what load_weights() would refuse: a header above 100 MB (safetensors' limit), 64 GiB of
/// data.
void save_weights(const std::filesystem::path& path, const std::string& model,
                  std::span<const NamedValues> tensors, const FileMetadata& more_metadata = {});

/// Reads a safetensors file of 32-bit floats; files of earlier versions of timeloom and of other programs,
/// too. Throws Error, naming the file and what is wrong with it, for a file that is missing, no regular file,
/// cut short, malformed, of a newer format version, or whose checksum does not fit.
WeightsFile load_weights(const std::filesystem::path& path);

} // namespace timeloom
