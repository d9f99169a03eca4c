// Protocol buffers' wire format, as much of it as writing ONNX files needs. Not libprotobuf: a program that
// also links another copy of ONNX's messages, as onnxruntime has, could not start with two.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace timeloom::onnx {

/// The fields of one message, in the order in which they are added.
class Wire {
  public:
    void number(int field, std::int64_t value) {
        varint(tag(field, 0));
        varint(static_cast<std::uint64_t>(value));
    }
    void real(int field, float value) {
        varint(tag(field, 5));
        const auto bits = std::bit_cast<std::uint32_t>(value);
        bytes_.append(reinterpret_cast<const char*>(&bits), sizeof bits);
    }
    /// A string, bytes, or another message.
    void text(int field, std::string_view value) {
        varint(tag(field, 2));
        varint(value.size());
        bytes_.append(value);
    }
    void message(int field, const Wire& value) { text(field, value.bytes_); }
    /// All fields of another part of the same message.
    void append(const Wire& more) { bytes_ += more.bytes_; }

    const std::string& bytes() const { return bytes_; }

  private:
    static std::uint64_t tag(int field, int type) { return static_cast<std::uint64_t>(field) << 3 | type; }
    void varint(std::uint64_t value) {
        for (; value > 127; value >>= 7) {
            bytes_ += static_cast<char>(value | 128);
        }
        bytes_ += static_cast<char>(value);
    }

    std::string bytes_;
};

static_assert(std::endian::native == std::endian::little, "numbers lie in files as in memory");

} // namespace timeloom::onnx
