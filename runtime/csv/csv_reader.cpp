// Cuts the text of a comma-separated file into cells.
#include "timeloom/runtime/csv/csv_reader.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/files/input_file.hpp"

#include <charconv>
#include <cmath>
#include <system_error>

namespace timeloom::detail {

namespace {

constexpr FileKind csv_file{"CSV file", "check its name and permissions", std::uint64_t{2} << 30};

void require_separator(const std::filesystem::path& path, char separator) {
    if (separator == '"' || separator == '\n' || separator == '\r' || separator == '\0') {
        throw Error("cells of '" + path.string() +
                    "' cannot be separated by a quote, a line end or NUL; give a comma, semicolon or tab");
    }
}

/// LF, CRLF and CR count once each.
std::size_t count_line_ends(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool begins_crlf = text.substr(i, 2) == "\r\n";
        count += text[i] == '\n' || (text[i] == '\r' && !begins_crlf);
    }
    return count;
}

void require_text(const std::filesystem::path& path, std::string_view text, std::size_t line) {
    if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
        csv_error(path, line + count_line_ends(text.substr(0, nul)),
                  "it holds a NUL byte, so the file is no UTF-8 text" + looks_like(text));
    }
}

} // namespace

void csv_error(const std::filesystem::path& path, std::size_t line, const std::string& what) {
    throw Error(path.string() + ", line " + std::to_string(line) + ": " + what);
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::size_t byte_order_mark_size(std::string_view text) {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    return text.starts_with(mark) ? mark.size() : 0;
}

std::optional<double> finite_number(std::string_view cell) {
    std::string_view digits = trimmed(cell);
    if (digits.starts_with('+') && !digits.starts_with("+-"))
        digits.remove_prefix(1);
    double value = 0.0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

CsvReader::CsvReader(const std::filesystem::path& path, char separator)
    : CsvReader(path, separator, read_text(path, csv_file), 1) {}

CsvReader::CsvReader(const std::filesystem::path& path, char separator, std::string text, std::size_t line)
    : path_(path), text_(std::move(text)), separator_(separator), line_(line), next_line_(line) {
    require_separator(path, separator);
    require_text(path, text_, line);
    position_ = line == 1 ? byte_order_mark_size(text_) : 0;
}

bool CsvReader::next(std::vector<std::string_view>& cells) {
    cells.clear();
    while (at_line_end() && !at_end()) {
        skip_line_end();
    }
    if (at_end()) {
        return false;
    }
    line_ = next_line_;
    cells.push_back(read_cell());
    while (!at_line_end()) {
        ++position_;
        cells.push_back(read_cell());
    }
    skip_line_end();
    return true;
}

void CsvReader::skip_line_end() {
    if (at_end()) {
        return;
    }
    position_ += text_.compare(position_, 2, "\r\n") == 0 ? 2 : 1;
    ++next_line_;
}

std::string_view CsvReader::read_cell() {
    if (!at_end() && text_[position_] == '"') {
        return read_quoted();
    }
    const std::size_t first = position_;
    while (!at_cell_end()) {
        ++position_;
    }
    return std::string_view(text_).substr(first, position_ - first);
}

/// A doubled quote stands for one; separators and line ends belong to the cell. What comes after a doubled
/// quote moves one place to the front, so that the cell is one piece of the text.
std::string_view CsvReader::read_quoted() {
    const std::size_t first = position_ + 1;
    std::size_t end = first; // of what is unquoted
    while (true) {
        const std::size_t quote = text_.find('"', ++position_);
        if (quote == std::string::npos) {
            csv_error(path_, line_, "a quoted cell does not end; close its quote");
        }
        std::char_traits<char>::move(text_.data() + end, text_.data() + position_, quote - position_);
        end += quote - position_;
        position_ = quote + 1;
        if (at_end() || text_[position_] != '"') {
            break;
        }
        text_[end++] = '"';
    }
    const std::string_view cell = std::string_view(text_).substr(first, end - first);
    next_line_ += count_line_ends(cell);
    if (!at_cell_end()) {
        csv_error(path_, line_, "text follows a closing quote; double the quotes within a cell");
    }
    return cell;
}

} // namespace timeloom::detail
