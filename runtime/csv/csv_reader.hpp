// Cuts the text of a comma-separated file into cells.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace timeloom::detail {

/// Throws Error "<file>, line <line>: <what>".
[[noreturn]] void csv_error(const std::filesystem::path& path, std::size_t line, const std::string& what);

/// Without blanks and tabs at both ends.
std::string_view trimmed(std::string_view text);

/// Bytes of the mark that UTF-8 text may begin with, 0 where there is none.
std::size_t byte_order_mark_size(std::string_view text);

/// The number that a cell holds; nothing if it holds something else, or nothing finite.
std::optional<double> finite_number(std::string_view cell);

/// One call of `next` per line that is not blank: UTF-8 with or without byte-order mark, lines that end with
/// LF, CRLF or CR, cells quoted as in RFC 4180 or not. Throws Error for a file that is missing, no regular
/// file, beyond 2 GiB or no text (NUL bytes), for quotes out of place, and a separator that is a quote or a
/// line end.
class CsvReader {
  public:
    CsvReader(const std::filesystem::path& path, char separator);
    /// A part of the file that is whole lines, of which the first is number `line`.
    CsvReader(const std::filesystem::path& path, char separator, std::string text, std::size_t line);

    /// Where the last record began, from 1.
    std::size_t line() const { return line_; }
    /// Where the next one does, or the text ends.
    std::size_t next_line() const { return next_line_; }

    /// Bytes of the text behind the last record.
    std::size_t bytes_left() const { return text_.size() - position_; }

    /// The cells of the next record, as views of the text; false at the end of the file.
    bool next(std::vector<std::string_view>& cells);

    /// What the views are of. Quoted cells are unquoted in it, in place.
    const std::string& text() const { return text_; }
    std::string take_text() { return std::move(text_); }

  private:
    bool at_end() const { return position_ == text_.size(); }
    bool at_line_end() const { return at_end() || text_[position_] == '\n' || text_[position_] == '\r'; }
    bool at_cell_end() const { return at_line_end() || text_[position_] == separator_; }
    void skip_line_end();
    std::string_view read_cell();
    std::string_view read_quoted();

    std::filesystem::path path_;
    std::string text_;
    char separator_;
    std::size_t position_ = 0;
    std::size_t line_ = 1;
    std::size_t next_line_ = 1;
};

} // namespace timeloom::detail
