// Right checksums for mutated files.
#include "checksums.hpp"

#include "timeloom/runtime/base/crc32.hpp"

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <span>

namespace timeloom::fuzz {

namespace {

constexpr std::string_view start = R"({"__metadata__":{"crc32":")";
constexpr std::size_t place = 8 + start.size(); // of the checksum

std::uint32_t checksum(std::string_view text) { return crc32(std::as_bytes(std::span(text))); }

/// Without blanks outside of strings.
std::string compact(std::string_view json) {
    std::string text;
    bool in_string = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        in_string ^= c == '"';
        if (in_string || std::string_view(" \t\r\n").find(c) == std::string_view::npos) {
            text += c;
        }
        if (in_string && c == '\\' && i + 1 < json.size()) {
            text += json[++i];
        }
    }
    return text;
}

/// Puts a number in the place of the digits that follow `key`.
void replace_digits(std::string& bytes, std::string_view key, std::uint32_t number) {
    if (const std::size_t at = bytes.find(key); at != std::string::npos) {
        const std::size_t first = at + key.size();
        const std::size_t end = std::min(bytes.find_first_not_of("0123456789", first), bytes.size());
        bytes.replace(first, end - first, std::to_string(number));
    }
}

void repair_training_state(std::string& header) {
    constexpr std::string_view key = "\"training_state\":\"";
    const std::size_t at = header.find(key);
    if (at == std::string::npos) {
        return;
    }
    std::string state;
    for (std::size_t i = at + key.size(); i < header.size() && header[i] != '"'; ++i) {
        i += header[i] == '\\';
        state += i < header.size() ? header[i] : '\0';
    }
    replace_digits(header, "\"training_state_crc32\":\"", checksum(state));
}

} // namespace

bool has_weights_checksum(std::string_view bytes) {
    constexpr std::string_view format = R"(","format":"timeloom","format_version":"2",)";
    return bytes.size() > place + 8 && bytes.substr(8).starts_with(start) &&
           bytes.substr(place + 8).starts_with(format);
}

std::string repair_weights(std::string bytes) {
    if (bytes.size() < place + 8 || !std::string_view(bytes).substr(8).starts_with(start)) {
        return bytes;
    }
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data(), sizeof length);
    length = std::min<std::uint64_t>(length, bytes.size() - 8);
    std::string header = bytes.substr(8, static_cast<std::size_t>(length));
    repair_training_state(header);
    const std::string data = bytes.substr(8 + static_cast<std::size_t>(length));
    length = header.size();
    bytes.replace(0, 8, reinterpret_cast<const char*>(&length), 8);
    bytes.replace(8, bytes.size() - 8, header + data);
    if (bytes.size() >= place + 8) {
        bytes.replace(place, 8, "00000000");
        char digits[9];
        std::snprintf(digits, sizeof digits, "%08x", checksum(bytes));
        bytes.replace(place, 8, digits);
    }
    return bytes;
}

std::string repair_json(std::string bytes, std::string_view name) {
    const std::string key = '"' + std::string(name) + "\":";
    const std::size_t at = bytes.find(key), end = bytes.rfind('}');
    if (at != std::string::npos && end != std::string::npos && end > at + key.size()) {
        const std::string content =
            compact(std::string_view(bytes).substr(at + key.size(), end - at - key.size()));
        const bool has_blank = bytes.find("\"checksum\": ") != std::string::npos;
        replace_digits(bytes, has_blank ? "\"checksum\": " : "\"checksum\":", checksum(content));
    }
    return bytes;
}

} // namespace timeloom::fuzz
