// Reads numbers from comma-separated files with a header line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace timeloom {

/// A file's cells as text, turned into numbers on request, float for networks or double for statistics:
/// `table.column<double>("Sales")`. Rows count from 0 without the header line. A cell that is asked for as a
/// number and is empty, NaN, text or beyond the type's range gives an Error with file, line and column.
class CsvTable {
  public:
    const std::vector<std::string>& column_names() const { return names_; }
    std::size_t rows() const { return lines_.size(); }

    /// All the column's cells. Throws Error listing the columns if there is none of that name, or several.
    template <class Number = float>
    std::vector<Number> column(std::string_view name) const;
    std::vector<std::string> text_column(std::string_view name) const;
    /// The row's cells from `first_column` on, without empty cells at its end: files with one series per
    /// line.
    template <class Number = float>
    std::vector<Number> row(std::size_t row, std::size_t first_column = 0) const;

  private:
    friend CsvTable read_csv(const std::filesystem::path& path, char separator);

    /// Where a cell lies in the text.
    struct Cell {
        std::uint32_t begin;
        std::uint32_t size;
    };

    void require_distinct_names(std::size_t line) const;
    std::size_t column_index(std::string_view name) const;
    std::string_view cell(std::size_t row, std::size_t column) const {
        const Cell& c = cells_[row * names_.size() + column];
        return std::string_view(text_).substr(c.begin, c.size);
    }
    template <class Number>
    Number number(std::size_t row, std::size_t column) const;

    std::filesystem::path path_;
    std::vector<std::string> names_;
    std::string text_;
    std::vector<Cell> cells_;
    std::vector<std::uint32_t> lines_;
};

/// Reads a whole file, of at most 2 GiB: UTF-8 with or without byte-order mark, lines that end with LF, CRLF
/// or CR, cells quoted as in RFC 4180 or not. Blank lines are passed over. Throws Error, naming file and
/// line, for a file that is missing, empty, no regular file or no text, two columns of one name, a line with
/// another number of cells than the header, or a quote that does not end. For lines of any length see
/// csv/wide_csv.hpp.
CsvTable read_csv(const std::filesystem::path& path, char separator = ',');

/// One numeric column: read_csv(path).column<Number>(name), Number float or double.
template <class Number = float>
std::vector<Number> read_csv_column(const std::filesystem::path& path, std::string_view name) {
    return read_csv(path).column<Number>(name);
}

extern template std::vector<float> CsvTable::column<float>(std::string_view) const;
extern template std::vector<double> CsvTable::column<double>(std::string_view) const;
extern template std::vector<float> CsvTable::row<float>(std::size_t, std::size_t) const;
extern template std::vector<double> CsvTable::row<double>(std::size_t, std::size_t) const;

} // namespace timeloom
