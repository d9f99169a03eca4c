// Which texts are UTF-8.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace timeloom::detail {

/// Bytes of the well-formed character at `position` (Unicode's table 3-7); 0 where there is none.
std::size_t utf8_length(std::string_view text, std::size_t position);

/// The place of the first byte that belongs to no well-formed character; npos where all do.
std::size_t find_invalid_utf8(std::string_view text);

/// Appends the character; `code_point` is one of Unicode's and no surrogate.
void append_utf8(std::string& text, char32_t code_point);

} // namespace timeloom::detail
