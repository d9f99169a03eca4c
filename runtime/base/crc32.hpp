// Checksum of the data in a weights file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace timeloom {

/// CRC-32 (ISO 3309, as in zip and PNG) of the bytes that gave `previous`, followed by `bytes`.
std::uint32_t crc32(std::span<const std::byte> bytes, std::uint32_t previous = 0);

} // namespace timeloom
