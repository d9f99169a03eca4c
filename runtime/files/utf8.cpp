// Which texts are UTF-8.
#include "timeloom/runtime/files/utf8.hpp"

namespace timeloom::detail {

namespace {

bool within(unsigned char byte, unsigned first, unsigned last) { return byte >= first && byte <= last; }

} // namespace

std::size_t utf8_length(std::string_view text, std::size_t position) {
    const auto byte = [&](std::size_t i) {
        return static_cast<unsigned char>(position + i < text.size() ? text[position + i] : '\0');
    };
    const unsigned char lead = byte(0);
    if (lead < 0x80) {
        return position < text.size() ? 1 : 0;
    }
    if (within(lead, 0xC2, 0xDF)) {
        return within(byte(1), 0x80, 0xBF) ? 2 : 0;
    }
    // No overlong forms, no surrogates, nothing beyond U+10FFFF.
    if (within(lead, 0xE0, 0xEF)) {
        const bool second = within(byte(1), lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF);
        return second && within(byte(2), 0x80, 0xBF) ? 3 : 0;
    }
    if (within(lead, 0xF0, 0xF4)) {
        const bool second = within(byte(1), lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF);
        return second && within(byte(2), 0x80, 0xBF) && within(byte(3), 0x80, 0xBF) ? 4 : 0;
    }
    return 0;
}

std::size_t find_invalid_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = utf8_length(text, i);
        if (length == 0) {
            return i;
        }
        i += length;
    }
    return std::string_view::npos;
}

void append_utf8(std::string& text, char32_t c) {
    const auto trail = [&](unsigned shift) { return static_cast<char>(0x80 | (c >> shift & 0x3F)); };
    if (c < 0x80) {
        text += static_cast<char>(c);
    } else if (c < 0x800) {
        text += {static_cast<char>(0xC0 | c >> 6), trail(0)};
    } else if (c < 0x10000) {
        text += {static_cast<char>(0xE0 | c >> 12), trail(6), trail(0)};
    } else {
        text += {static_cast<char>(0xF0 | c >> 18), trail(12), trail(6), trail(0)};
    }
}

} // namespace timeloom::detail
