// The JSON header of a safetensors file.
#pragma once

#include "timeloom/runtime/tensors/shape.hpp"
#include "timeloom/runtime/weights/weights_file.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace timeloom::detail {

/// Name, shape and place of one tensor.
struct WeightsEntry {
    std::string name;
    Shape shape;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

struct WeightsHeader {
    std::vector<WeightsEntry> entries;
    FileMetadata metadata;
};

/// Throws Error, saying what is wrong and of which tensor, for anything but a header of 32-bit floats.
WeightsHeader parse_weights_header(std::string_view text);

} // namespace timeloom::detail
