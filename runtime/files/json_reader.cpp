// Reads JSON value by value, as the caller asks for them.
#include "timeloom/runtime/files/json_reader.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/files/utf8.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace timeloom::detail {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

} // namespace

JsonReader::Kind JsonReader::next() {
    skip_blanks();
    switch (position_ < text_.size() ? text_[position_] : '\0') {
    case '{':
        return Kind::object;
    case '[':
        return Kind::array;
    case '"':
        return Kind::string;
    case 't':
    case 'f':
        return Kind::boolean;
    case 'n':
        return Kind::null;
    case '-':
        return Kind::number;
    default:
        return position_ < text_.size() && is_digit(text_[position_]) ? Kind::number : Kind::none;
    }
}

std::size_t JsonReader::position() {
    skip_blanks();
    return position_;
}

void JsonReader::skip_blanks() {
    position_ = std::min(text_.find_first_not_of(" \t\r\n", position_), text_.size());
}

bool JsonReader::take(char c) {
    skip_blanks();
    const bool there = position_ < text_.size() && text_[position_] == c;
    position_ += there;
    return there;
}

void JsonReader::expect(char c, const char* what) {
    if (!take(c)) {
        fail(std::string(what) + " was expected");
    }
}

void JsonReader::expect_word(std::string_view word) {
    skip_blanks();
    if (!text_.substr(position_).starts_with(word)) {
        fail("a JSON value was expected");
    }
    position_ += word.size();
}

void JsonReader::expect_new_name(std::set<std::string, std::less<>>& names, const std::string& name) {
    if (!names.insert(name).second) {
        fail("the name '" + name + "' comes twice");
    }
}

/// What is neither a quote nor a backslash is copied as it is, in pieces.
std::string JsonReader::string() {
    expect('"', "a string");
    std::string result;
    while (true) {
        const std::size_t first = position_;
        while (position_ < text_.size() && text_[position_] != '"' && text_[position_] != '\\') {
            const std::size_t length = utf8_length(text_, position_);
            if (length == 0) {
                fail("a string is not valid UTF-8");
            }
            if (static_cast<unsigned char>(text_[position_]) < 0x20) {
                fail("a string holds a control character that is not escaped");
            }
            position_ += length;
        }
        result.append(text_, first, position_ - first);
        if (position_ == text_.size()) {
            fail("a string does not end");
        }
        if (text_[position_++] == '"') {
            return result;
        }
        read_escape(result);
    }
}

void JsonReader::read_escape(std::string& result) {
    constexpr std::string_view letters = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
    const char letter = position_ < text_.size() ? text_[position_++] : '\0';
    if (const std::size_t at = letters.find(letter); letter != '\0' && at != std::string_view::npos) {
        result += meanings[at];
        return;
    }
    if (letter != 'u') {
        fail("a string holds an escape that JSON does not have");
    }
    char32_t c = read_hex();
    const bool is_first_half = c >= 0xD800 && c < 0xDC00;
    if (is_first_half && text_.substr(position_).starts_with("\\u")) {
        position_ += 2;
        const char32_t second = read_hex();
        c = second >= 0xDC00 && second < 0xE000 ? 0x10000 + ((c & 0x3FF) << 10 | (second & 0x3FF)) : 0xD800;
    }
    if (c >= 0xD800 && c < 0xE000) {
        fail("a string holds half of a surrogate pair");
    }
    append_utf8(result, c);
}

char32_t JsonReader::read_hex() {
    unsigned value = 0;
    const std::string_view digits = text_.substr(position_, 4);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.size() != 4 || error != std::errc{} || end != digits.data() + 4) {
        fail("a string holds \\u without four hexadecimal digits");
    }
    position_ += 4;
    return value;
}

/// -? (0 | [1-9][0-9]*) (.[0-9]+)? ([eE][+-]?[0-9]+)?
std::string_view JsonReader::number_text() {
    skip_blanks();
    std::size_t end = position_;
    const auto at = [&](std::string_view characters) {
        return end < text_.size() && characters.find(text_[end]) != std::string_view::npos;
    };
    const auto digits = [&] {
        const std::size_t first = end;
        while (end < text_.size() && is_digit(text_[end])) {
            ++end;
        }
        return end > first;
    };
    end += at("-");
    const bool leads_with_zero = at("0");
    const std::size_t first = end;
    bool valid = digits() && (!leads_with_zero || end == first + 1);
    if (valid && at(".")) {
        ++end;
        valid = digits();
    }
    if (valid && at("eE")) {
        ++end;
        end += at("+-");
        valid = digits();
    }
    if (!valid) {
        fail("a number was expected");
    }
    const std::string_view number = text_.substr(position_, end - position_);
    position_ = end;
    return number;
}

double JsonReader::number() {
    const std::string_view digits = number_text();
    double value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{}) { // too near to zero or beyond all doubles
        fail("the number " + std::string(digits.substr(0, 40)) + " is out of range");
    }
    return value;
}

std::uint64_t JsonReader::unsigned_integer(std::uint64_t most) {
    const std::string_view digits = number_text();
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size() || value > most) {
        fail("the number " + std::string(digits.substr(0, 40)) + " is negative, not whole or too large");
    }
    return value;
}

std::int64_t JsonReader::signed_integer(std::int64_t least, std::int64_t most) {
    const std::string_view digits = number_text();
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size() || value < least || value > most) {
        fail("the number " + std::string(digits.substr(0, 40)) + " is not an integer in range");
    }
    return value;
}

bool JsonReader::boolean() {
    skip_blanks();
    const bool value = position_ < text_.size() && text_[position_] == 't';
    if (next() != Kind::boolean) {
        fail("true or false was expected");
    }
    expect_word(value ? "true" : "false");
    return value;
}

bool JsonReader::null() {
    if (next() != Kind::null) {
        return false;
    }
    expect_word("null");
    return true;
}

void JsonReader::skip() { skip(most_levels); }

void JsonReader::skip(int levels) {
    if (levels == 0) {
        fail("values nest deeper than " + std::to_string(most_levels) + " levels");
    }
    switch (next()) {
    case Kind::object:
        return object([&](const std::string&) { skip(levels - 1); });
    case Kind::array:
        return array([&](std::size_t) { skip(levels - 1); });
    case Kind::string:
        string();
        return;
    case Kind::number:
        number_text();
        return;
    case Kind::boolean:
        boolean();
        return;
    default:
        expect_word("null");
    }
}

void JsonReader::end() {
    skip_blanks();
    if (position_ != text_.size()) {
        fail("text follows the end of the JSON value");
    }
}

void JsonReader::fail(const std::string& what) const {
    const std::string_view before = text_.substr(0, position_);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::size_t line_start = before.find_last_of('\n') + 1; // 0 on the first line
    throw Error("line " + std::to_string(line) + ", column " + std::to_string(position_ - line_start + 1) +
                ": " + what);
}

} // namespace timeloom::detail
