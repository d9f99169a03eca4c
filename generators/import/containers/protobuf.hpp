// Protocol buffers' wire format: numbered fields, of which a reader takes those that it knows.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace timeloom::importing {

/// One field of a message. Numbers of 4 and 8 bytes come as their bits.
struct WireField {
    int number = 0;
    enum class Kind { integer, eight_bytes, bytes, four_bytes } kind = Kind::integer;
    std::uint64_t value = 0;
    std::string_view bytes{};

    std::int64_t integer() const { return static_cast<std::int64_t>(value); }
    float single() const;
    /// With ? for what would end an error's sentence.
    std::string text() const;
};

/// Reads a message field by field; nothing is copied. Throws Error where it is cut short or malformed.
class WireReader {
  public:
    explicit WireReader(std::string_view bytes) : rest_(bytes) {}
    /// False at the end.
    bool next(WireField& field);

  private:
    std::uint64_t varint();
    std::string_view take(std::uint64_t size);
    std::string_view rest_;
};

/// A repeated number: one field each, or all of them packed in one.
void add_integers(const WireField& field, std::vector<std::int64_t>& to);
void add_singles(const WireField& field, std::vector<float>& to);

} // namespace timeloom::importing
