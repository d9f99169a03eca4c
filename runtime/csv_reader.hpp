// Cuts the text of a comma-separated file into cells.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace timeloom::detail {

/// Throws Error "<file>, line <line>: <what>.".
[[noreturn]] void csv_error(const std::filesystem::path& path, std::size_t line, const std::string& what);

/// Without blanks and tabs at both ends.
std::string_view trimmed(std::string_view text);

/// The number that a cell holds; nothing if it holds something else, or nothing finite.
std::optional<double> finite_number(std::string_view cell);

/// One call of `next` per line that is not blank: UTF-8 with or without byte-order mark, LF or CRLF, cells
/// quoted as in RFC 4180 or not. Throws Error for a file that cannot be opened and for quotes out of place.
class CsvReader {
  public:
    CsvReader(const std::filesystem::path& path, char separator);

    /// Where the last record began, from 1.
    std::size_t line() const { return line_; }

    /// The cells of the next record; nothing at the end of the file.
    std::optional<std::vector<std::string>> next();

  private:
    bool at_end() const { return position_ == text_.size(); }
    bool at_line_end() const {
        return at_end() || text_[position_] == '\n' || text_.compare(position_, 2, "\r\n") == 0;
    }
    bool at_cell_end() const { return at_line_end() || text_[position_] == separator_; }
    void skip_line_end();
    std::string read_cell();
    std::string read_quoted();

    std::filesystem::path path_;
    std::string text_;
    char separator_;
    std::size_t position_ = 0;
    std::size_t line_ = 1;
    std::size_t next_line_ = 1;
};

} // namespace timeloom::detail
