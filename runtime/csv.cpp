// Reads numbers from comma-separated files with a header line.
#include "timeloom/runtime/csv.hpp"

#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

namespace timeloom {

namespace {

[[noreturn]] void fail(const std::filesystem::path& path, std::size_t line, const std::string& what) {
    throw Error(path.string() + ", line " + std::to_string(line) + ": " + what + ".");
}

std::string read_text(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::error_code ignored;
    if (!file || std::filesystem::is_directory(path, ignored))
        throw Error(path.string() + " cannot be opened; check its name and permissions.");
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (text.starts_with("\xEF\xBB\xBF"))
        text.erase(0, 3);
    return text;
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Cuts a text into records of cells, one call of `next` per record.
class CsvReader {
  public:
    CsvReader(const std::filesystem::path& path, char separator)
        : path_(path), text_(read_text(path)), separator_(separator) {}

    std::size_t line() const { return line_; }

    /// The cells of the next line that is not blank; nothing at the end of the text.
    std::optional<std::vector<std::string>> next() {
        while (at_line_end() && !at_end())
            skip_line_end();
        if (at_end())
            return std::nullopt;
        line_ = next_line_;
        std::vector<std::string> cells{read_cell()};
        while (!at_line_end()) {
            ++position_;
            cells.push_back(read_cell());
        }
        skip_line_end();
        return cells;
    }

  private:
    bool at_end() const { return position_ == text_.size(); }
    bool at_line_end() const {
        return at_end() || text_[position_] == '\n' || text_.compare(position_, 2, "\r\n") == 0;
    }
    void skip_line_end() {
        if (at_end())
            return;
        position_ += text_[position_] == '\r' ? 2 : 1;
        ++next_line_;
    }
    bool at_cell_end() const { return at_line_end() || text_[position_] == separator_; }

    std::string read_cell() {
        if (!at_end() && text_[position_] == '"')
            return read_quoted();
        const std::size_t first = position_;
        while (!at_cell_end())
            ++position_;
        return text_.substr(first, position_ - first);
    }

    /// A doubled quote stands for one; separators and line ends belong to the cell.
    std::string read_quoted() {
        std::string cell;
        while (true) {
            const std::size_t quote = text_.find('"', ++position_);
            if (quote == std::string::npos)
                fail(path_, line_, "a quoted cell does not end; close its quote");
            cell.append(text_, position_, quote - position_);
            position_ = quote + 1;
            if (at_end() || text_[position_] != '"')
                break;
            cell += '"';
        }
        next_line_ += static_cast<std::size_t>(std::count(cell.begin(), cell.end(), '\n'));
        if (!at_cell_end())
            fail(path_, line_, "text follows a closing quote; double the quotes within a cell");
        return cell;
    }

    std::filesystem::path path_;
    std::string text_;
    char separator_;
    std::size_t position_ = 0;
    std::size_t line_ = 1;
    std::size_t next_line_ = 1;
};

} // namespace

CsvTable read_csv(const std::filesystem::path& path, char separator) {
    CsvReader reader(path, separator);
    CsvTable table;
    table.path_ = path;
    auto header = reader.next();
    if (!header)
        throw Error(path.string() + " is empty; a header line with the column names is needed.");
    for (const std::string& name : *header)
        table.names_.emplace_back(trimmed(name));
    while (auto cells = reader.next()) {
        if (cells->size() != table.names_.size())
            fail(path, reader.line(),
                 "it has " + std::to_string(cells->size()) + " cells, but the header names " +
                     std::to_string(table.names_.size()) + " columns");
        std::move(cells->begin(), cells->end(), std::back_inserter(table.cells_));
        table.lines_.push_back(reader.line());
    }
    return table;
}

std::vector<float> read_csv_column(const std::filesystem::path& path, std::string_view name) {
    return read_csv(path).column(name);
}

std::size_t CsvTable::column_index(std::string_view name) const {
    const auto found = std::find(names_.begin(), names_.end(), name);
    if (found != names_.end())
        return static_cast<std::size_t>(found - names_.begin());
    std::string known;
    for (std::size_t i = 0; i < std::min<std::size_t>(names_.size(), 20); ++i)
        known += (i == 0 ? "'" : ", '") + names_[i] + "'";
    throw Error(path_.string() + " has no column '" + std::string(name) + "'; it has " + known +
                (names_.size() > 20 ? ", ..." : "") + ".");
}

float CsvTable::number(std::size_t row, std::size_t column) const {
    const std::string& text = cell(row, column);
    std::string_view digits = trimmed(text);
    if (digits.starts_with('+') && !digits.starts_with("+-"))
        digits.remove_prefix(1);
    double value = 0.0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const bool whole = error == std::errc() && end == digits.data() + digits.size();
    const auto result = static_cast<float>(value);
    if (whole && std::isfinite(result))
        return result;
    const std::string where = "column '" + names_[column] + "' ";
    fail(path_, lines_[row],
         digits.empty() ? where + "is empty; fill in the missing value or leave out the line"
                        : where + "holds '" + text.substr(0, 40) + "', which is no finite number");
}

std::vector<float> CsvTable::column(std::string_view name) const {
    const std::size_t index = column_index(name);
    std::vector<float> values(rows());
    for (std::size_t i = 0; i < rows(); ++i)
        values[i] = number(i, index);
    return values;
}

std::vector<std::string> CsvTable::text_column(std::string_view name) const {
    const std::size_t index = column_index(name);
    std::vector<std::string> values(rows());
    for (std::size_t i = 0; i < rows(); ++i)
        values[i] = cell(i, index);
    return values;
}

std::vector<float> CsvTable::row(std::size_t row, std::size_t first_column) const {
    if (row >= rows())
        throw Error(path_.string() + " has " + std::to_string(rows()) + " rows, but row " +
                    std::to_string(row) + " (from 0) was asked for.");
    std::size_t last = names_.size();
    while (last > first_column && trimmed(cell(row, last - 1)).empty())
        --last;
    std::vector<float> values;
    for (std::size_t column = first_column; column < last; ++column)
        values.push_back(number(row, column));
    return values;
}

} // namespace timeloom
