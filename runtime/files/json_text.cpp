// Writes the pieces of a JSON text.
#include "timeloom/runtime/files/json_text.hpp"

#include "timeloom/runtime/base/crc32.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/files/utf8.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace timeloom::detail {

std::string json_string(std::string_view text) {
    if (const std::size_t at = find_invalid_utf8(text); at != std::string_view::npos) {
        throw Error("byte " + std::to_string(at) + " of '" + std::string(text.substr(0, at)) +
                    "...' is not UTF-8");
    }
    constexpr std::string_view digits = "0123456789abcdef";
    std::string result = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            result += {'\\', c};
        } else if (byte < 0x20) {
            result += "\\u00";
            result += {digits[byte >> 4], digits[byte & 15]};
        } else {
            result += c;
        }
    }
    return result + '"';
}

std::string json_number(double value) {
    if (!std::isfinite(value)) {
        return "null";
    }
    std::array<char, 32> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return {text.data(), end};
}

std::string json_numbers(std::span<const double> values) {
    std::string text = "[";
    for (const double value : values) {
        text += (text.size() > 1 ? "," : "") + json_number(value);
    }
    return text + ']';
}

std::uint32_t json_checksum(std::string_view value) {
    std::uint32_t checksum = 0;
    std::size_t first = 0; // of the part that is not in the checksum yet
    const auto add_until = [&](std::size_t end) {
        checksum = crc32(std::as_bytes(std::span(value.substr(first, end - first))), checksum);
    };
    bool in_string = false;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const char c = value[i];
        if (in_string && c == '\\') {
            ++i;
        } else if (c == '"') {
            in_string = !in_string;
        } else if (!in_string && (c == ' ' || c == '\n' || c == '\r' || c == '\t')) {
            add_until(i);
            first = i + 1;
        }
    }
    add_until(value.size());
    return checksum;
}

} // namespace timeloom::detail
