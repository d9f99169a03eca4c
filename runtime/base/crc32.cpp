// CRC-32 by four tables, four bytes at a time.
#include "timeloom/runtime/base/crc32.hpp"

#include <array>

namespace timeloom {

namespace {

using Table = std::array<std::uint32_t, 256>;

/// tables[k][b]: remainder of byte b followed by k zero bytes, for the reversed polynomial 0xEDB88320.
constexpr std::array<Table, 4> tables = [] {
    std::array<Table, 4> result{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t remainder = byte;
        for (int bit = 0; bit < 8; ++bit)
            remainder = remainder >> 1 ^ ((remainder & 1) != 0 ? 0xEDB88320u : 0u);
        result[0][byte] = remainder;
    }
    for (std::size_t k = 1; k < 4; ++k)
        for (std::size_t byte = 0; byte < 256; ++byte) {
            const std::uint32_t shorter = result[k - 1][byte];
            result[k][byte] = shorter >> 8 ^ result[0][shorter & 0xff];
        }
    return result;
}();

} // namespace

std::uint32_t crc32(std::span<const std::byte> bytes, std::uint32_t previous) {
    std::uint32_t remainder = ~previous;
    std::size_t i = 0;
    const auto byte = [&](std::size_t offset) { return static_cast<std::uint32_t>(bytes[i + offset]); };
    for (; i + 4 <= bytes.size(); i += 4) {
        const std::uint32_t word = remainder ^ (byte(0) | byte(1) << 8 | byte(2) << 16 | byte(3) << 24);
        remainder = tables[3][word & 0xff] ^ tables[2][word >> 8 & 0xff] ^ tables[1][word >> 16 & 0xff] ^
                    tables[0][word >> 24];
    }
    for (; i < bytes.size(); ++i)
        remainder = remainder >> 8 ^ tables[0][(remainder ^ byte(0)) & 0xff];
    return ~remainder;
}

} // namespace timeloom
