// What the writer and the reader of weights files agree on.
#pragma once

#include "timeloom/runtime/files/input_file.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace timeloom::detail {

/// A file is the header's length (8 bytes), the header (JSON) and the data of the tensors, side by side.
inline constexpr std::uint64_t most_header_bytes = 100'000'000; // safetensors' own limit
inline constexpr std::uint64_t most_data_bytes = std::uint64_t{64} << 30;

inline constexpr FileKind weights_file{"weights file", "check its name and permissions",
                                       sizeof(std::uint64_t) + most_header_bytes + most_data_bytes};

/// A header of ours begins so, then come eight hexadecimal digits: the CRC-32 of the whole file, in which
/// these digits count as zeros.
inline constexpr std::string_view header_start = R"({"__metadata__":{"crc32":")";
inline constexpr std::string_view checksum_zeros = "00000000";

inline constexpr std::string_view format_name = "timeloom";
inline constexpr std::string_view format_version = "2";

/// Metadata that are not the caller's.
inline constexpr std::array<std::string_view, 4> own_metadata{"crc32", "format", "format_version", "model"};

} // namespace timeloom::detail
