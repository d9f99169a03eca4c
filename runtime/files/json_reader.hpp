// Reads JSON value by value, as the caller asks for them.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <string_view>

namespace timeloom::detail {

/// A place in a JSON text (RFC 8259). Nothing but what the caller keeps is stored, so that memory is bounded
/// by the text; values that nobody asks for nest at most 64 deep. Every function throws Error, with line and
/// column, where the text holds something else than is asked for.
class JsonReader {
  public:
    enum class Kind { object, array, string, number, boolean, null, none };

    explicit JsonReader(std::string_view text) : text_(text) {}

    /// What comes next; none at the end and for what is no JSON.
    Kind next();
    /// Calls member(name) at each value, which `member` reads. A name that comes twice is an error.
    template <class Member>
    void object(Member&& member);
    /// Calls element(index) at each value, which `element` reads.
    template <class Element>
    void array(Element&& element);
    std::string string();
    double number();
    template <std::integral Integer>
    Integer integer();
    bool boolean();
    /// True if null comes next, which is passed over.
    bool null();
    /// Passes over any value.
    void skip();
    /// Nothing but blanks may follow.
    void end();

    /// Where the next value begins.
    std::size_t position();
    [[noreturn]] void fail(const std::string& what) const;

  private:
    static constexpr int most_levels = 64;

    void skip_blanks();
    bool take(char c);
    void expect(char c, const char* what);
    void expect_word(std::string_view word);
    void expect_new_name(std::set<std::string, std::less<>>& names, const std::string& name);
    std::string_view number_text();
    std::int64_t signed_integer(std::int64_t least, std::int64_t most);
    std::uint64_t unsigned_integer(std::uint64_t most);
    void read_escape(std::string& result);
    char32_t read_hex();
    void skip(int levels);

    std::string_view text_;
    std::size_t position_ = 0;
};

template <class Member>
void JsonReader::object(Member&& member) {
    std::set<std::string, std::less<>> names;
    expect('{', "an object");
    if (take('}')) {
        return;
    }
    do {
        const std::string name = string();
        expect_new_name(names, name);
        expect(':', "a colon");
        member(name);
    } while (take(','));
    expect('}', "a comma or the object's end");
}

template <class Element>
void JsonReader::array(Element&& element) {
    expect('[', "an array");
    if (take(']')) {
        return;
    }
    std::size_t index = 0;
    do {
        element(index++);
    } while (take(','));
    expect(']', "a comma or the array's end");
}

template <std::integral Integer>
Integer JsonReader::integer() {
    if constexpr (std::unsigned_integral<Integer>) {
        return static_cast<Integer>(unsigned_integer(std::numeric_limits<Integer>::max()));
    } else {
        return static_cast<Integer>(
            signed_integer(std::numeric_limits<Integer>::min(), std::numeric_limits<Integer>::max()));
    }
}

} // namespace timeloom::detail
