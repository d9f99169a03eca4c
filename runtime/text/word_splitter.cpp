// Implements WordSplitter.
#include "timeloom/runtime/text/word_splitter.hpp"

#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <utility>

namespace timeloom {

namespace {

bool is_ascii(char byte) { return static_cast<unsigned char>(byte) < 0x80; }

char lower_ascii(char byte) { return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : byte; }

// Bytes of the UTF-8 character at `position`; 1 where the bytes are no UTF-8.
std::size_t character_length(std::string_view text, std::size_t position) {
    const auto lead = static_cast<unsigned char>(text[position]);
    const std::size_t length = lead < 0xC2 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 1;
    if (position + length > text.size()) {
        return 1;
    }
    for (std::size_t i = 1; i < length; ++i) {
        if ((static_cast<unsigned char>(text[position + i]) & 0xC0) != 0x80) {
            return 1;
        }
    }
    return length;
}

constexpr bool within(char32_t c, char32_t first, char32_t last) { return c >= first && c <= last; }

// Alphabets that list each capital directly before its small letter.
constexpr char32_t lower_paired(char32_t c) {
    const bool even_capitals = within(c, 0x100, 0x12F) || within(c, 0x132, 0x137) ||
                               within(c, 0x14A, 0x177) || within(c, 0x460, 0x481) ||
                               within(c, 0x48A, 0x4BF) || within(c, 0x4D0, 0x52F);
    const bool odd_capitals = within(c, 0x139, 0x148) || within(c, 0x179, 0x17E) || within(c, 0x4C1, 0x4CE);
    return (even_capitals && c % 2 == 0) || (odd_capitals && c % 2 == 1) ? c + 1 : c;
}

// Simple case mapping of a two-byte character to another two-byte character.
constexpr char32_t lower_two_byte(char32_t c) {
    if ((within(c, 0xC0, 0xDE) && c != 0xD7) || (within(c, 0x391, 0x3AB) && c != 0x3A2) ||
        within(c, 0x410, 0x42F)) {
        return c + 32;
    }
    if (within(c, 0x400, 0x40F)) {
        return c + 80;
    }
    if (within(c, 0x388, 0x38A)) {
        return c + 37;
    }
    switch (c) {
    case 0x178: // capital Y with diaeresis
        return 0xFF;
    case 0x386: // capital alpha with tonos
        return 0x3AC;
    case 0x38C: // capital omicron with tonos
        return 0x3CC;
    case 0x38E: // capital upsilon and omega with tonos
    case 0x38F:
        return c + 63;
    case 0x4C0: // palochka
        return 0x4CF;
    default:
        return lower_paired(c);
    }
}

void lower_last_two_bytes(std::string& text) {
    char& lead = text[text.size() - 2];
    char& trail = text[text.size() - 1];
    const char32_t c =
        (static_cast<unsigned char>(lead) & 0x1Fu) << 6 | (static_cast<unsigned char>(trail) & 0x3Fu);
    const char32_t small = lower_two_byte(c);
    lead = static_cast<char>(0xC0 | small >> 6);
    trail = static_cast<char>(0x80 | (small & 0x3F));
}

} // namespace

WordSplitter::WordSplitter(SplitOptions options)
    : options_(std::move(options)), gap_(options_.char_level ? 0 : options_.split.size()) {
    if (options_.char_level) {
        return;
    }
    if (options_.split.empty()) {
        throw Error(
            "the tokenizer's split is empty: give the text between words, such as \" \", or set char_level");
    }
    const std::string_view filters = options_.filters;
    for (std::size_t i = 0; i < filters.size();) {
        const std::size_t length = character_length(filters, i);
        if (is_ascii(filters[i])) {
            filtered_[static_cast<unsigned char>(filters[i])] = true;
        } else {
            wide_filtered_.emplace_back(filters.substr(i, length));
        }
        i += length;
    }
}

void WordSplitter::normalise(std::string_view text, std::string& scratch) const {
    scratch.clear();
    for (std::size_t i = 0; i < text.size();) {
        if (!is_ascii(text[i])) {
            i += normalise_wide(text, i, scratch);
            continue;
        }
        const char byte = options_.lower ? lower_ascii(text[i]) : text[i];
        if (filtered_[static_cast<unsigned char>(byte)]) {
            scratch += options_.split;
        } else {
            scratch += byte;
        }
        ++i;
    }
}

// Appends the character at `position` as normalise does and returns its length in `text`.
std::size_t WordSplitter::normalise_wide(std::string_view text, std::size_t position,
                                         std::string& scratch) const {
    const std::size_t length = character_length(text, position);
    scratch += text.substr(position, length);
    if (options_.lower && length == 2) {
        lower_last_two_bytes(scratch);
    }
    if (!wide_filtered_.empty()) {
        const std::size_t begin = scratch.size() - length;
        const std::string_view character = std::string_view(scratch).substr(begin);
        if (std::find(wide_filtered_.begin(), wide_filtered_.end(), character) != wide_filtered_.end()) {
            scratch.replace(begin, length, options_.split);
        }
    }
    return length;
}

std::size_t WordSplitter::piece_end(std::string_view normalised, std::size_t begin) const {
    if (options_.char_level) {
        return begin + character_length(normalised, begin);
    }
    return std::min(normalised.find(options_.split, begin), normalised.size());
}

} // namespace timeloom
