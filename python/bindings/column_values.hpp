// Reads the values of one chunk of a column, whatever Arrow calls their type.
#pragma once

#include "arrow_interface.hpp"

#include <timeloom/runtime/error.hpp>

#include <cstring>
#include <string_view>

namespace timeloom_python {

inline bool is_null(const ArrowArray& array, std::int64_t i) {
    const auto* bits = array.n_buffers > 0 ? static_cast<const std::uint8_t*>(array.buffers[0]) : nullptr;
    return array.null_count != 0 && bits && !(bits[i / 8] >> (i % 8) & 1);
}

/// Calls f(pointer to values) with the type that the format names; returns whether it names numbers.
template <class F>
bool with_numbers(std::string_view format, const void* data, F&& f) {
    const auto as = [&]<class T>(T) {
        f(static_cast<const T*>(data));
        return true;
    };
    if (format.starts_with("ts") || format == "tdm") {
        return as(std::int64_t{});
    }
    if (format == "tdD") {
        return as(std::int32_t{});
    }
    switch (format.size() == 1 ? format[0] : ' ') {
    case 'c':
        return as(std::int8_t{});
    case 'C':
        return as(std::uint8_t{});
    case 's':
        return as(std::int16_t{});
    case 'S':
        return as(std::uint16_t{});
    case 'i':
        return as(std::int32_t{});
    case 'I':
        return as(std::uint32_t{});
    case 'l':
        return as(std::int64_t{});
    case 'L':
        return as(std::uint64_t{});
    case 'f':
        return as(float{});
    case 'g':
        return as(double{});
    default:
        return false;
    }
}

inline bool is_text(std::string_view format) { return format == "u" || format == "U" || format == "vu"; }
inline bool is_whole(std::string_view format) {
    return format.size() == 1 && std::string_view("cCsSiIlL").find(format[0]) != std::string_view::npos;
}

/// Text i of a column of format u (32-bit offsets), U (64-bit offsets) or vu (views).
inline std::string_view text_at(std::string_view format, const ArrowArray& array, std::int64_t i) {
    if (format ==
        "vu") { // 16 bytes: the length, then the text itself or a prefix, the number of its buffer, its place
        const auto* view = static_cast<const char*>(array.buffers[1]) + 16 * i;
        std::int32_t length, buffer, offset;
        std::memcpy(&length, view, 4);
        if (length <= 12) {
            return {view + 4, static_cast<std::size_t>(length)};
        }
        std::memcpy(&buffer, view + 8, 4);
        std::memcpy(&offset, view + 12, 4);
        return {static_cast<const char*>(array.buffers[2 + buffer]) + offset,
                static_cast<std::size_t>(length)};
    }
    const auto between = [&]<class T>(const T* offsets) {
        return std::string_view(static_cast<const char*>(array.buffers[2]) + offsets[i],
                                static_cast<std::size_t>(offsets[i + 1] - offsets[i]));
    };
    return format == "u" ? between(static_cast<const std::int32_t*>(array.buffers[1]))
                         : between(static_cast<const std::int64_t*>(array.buffers[1]));
}

} // namespace timeloom_python
