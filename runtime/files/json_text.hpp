// Writes the pieces of a JSON text.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace timeloom::detail {

/// In quotes, with escapes. Throws Error if it is not UTF-8.
std::string json_string(std::string_view text);

/// The shortest text that reads back as the same number; null for what is not finite.
std::string json_number(double value);

/// The numbers in brackets.
std::string json_numbers(std::span<const double> values);

/// CRC-32 of a JSON value without the blanks between its parts, so that another layout keeps it.
std::uint32_t json_checksum(std::string_view value);

} // namespace timeloom::detail
