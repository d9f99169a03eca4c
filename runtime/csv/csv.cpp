// Reads numbers from comma-separated files with a header line.
#include "timeloom/runtime/csv/csv.hpp"

#include "timeloom/runtime/csv/csv_reader.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/files/only_errors.hpp"

#include <algorithm>
#include <cmath>

namespace timeloom {

CsvTable read_csv(const std::filesystem::path& path, char separator) try {
    detail::CsvReader reader(path, separator);
    CsvTable table;
    table.path_ = path;
    std::vector<std::string_view> cells;
    if (!reader.next(cells))
        throw Error(path.string() + " is empty; a header line with the column names is needed");
    for (const std::string_view name : cells)
        table.names_.emplace_back(detail::trimmed(name));
    table.require_distinct_names(reader.line());
    while (reader.next(cells)) {
        if (cells.size() != table.names_.size())
            detail::csv_error(path, reader.line(),
                              "it has " + std::to_string(cells.size()) + " cells, but the header names " +
                                  std::to_string(table.names_.size()) + " columns");
        for (const std::string_view c : cells)
            table.cells_.push_back({static_cast<std::uint32_t>(c.data() - reader.text().data()),
                                    static_cast<std::uint32_t>(c.size())});
        table.lines_.push_back(static_cast<std::uint32_t>(reader.line()));
    }
    table.text_ = reader.take_text();
    return table;
} catch (...) {
    detail::rethrow_as_error(path);
}

/// Columns without a name may be several.
void CsvTable::require_distinct_names(std::size_t line) const {
    std::vector<std::string_view> sorted(names_.begin(), names_.end());
    std::sort(sorted.begin(), sorted.end());
    std::erase(sorted, "");
    const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
    if (twice != sorted.end())
        detail::csv_error(path_, line,
                          "two columns have the name '" + std::string(*twice) +
                              "'; rename one, or nobody knows which is meant");
}

std::size_t CsvTable::column_index(std::string_view name) const {
    const auto found = std::find(names_.begin(), names_.end(), name);
    if (found != names_.end()) {
        if (std::find(found + 1, names_.end(), name) != names_.end())
            throw Error(path_.string() + " has several columns without a name; name the one that is meant");
        return static_cast<std::size_t>(found - names_.begin());
    }
    std::string known;
    for (std::size_t i = 0; i < std::min<std::size_t>(names_.size(), 20); ++i)
        known += (i == 0 ? "'" : ", '") + names_[i] + "'";
    throw Error(path_.string() + " has no column '" + std::string(name) + "'; it has " + known +
                (names_.size() > 20 ? ", ..." : ""));
}

template <class Number>
Number CsvTable::number(std::size_t row, std::size_t column) const {
    const std::string_view text = cell(row, column);
    if (const auto value = detail::finite_number(text)) {
        const auto result = static_cast<Number>(*value);
        if (std::isfinite(result))
            return result;
    }
    const std::string where = "column '" + names_[column] + "' ";
    detail::csv_error(path_, lines_[row],
                      detail::trimmed(text).empty()
                          ? where + "is empty; fill in the missing value or leave out the line"
                          : where + "holds '" + std::string(text.substr(0, 40)) +
                                "', which is no finite number");
}

template <class Number>
std::vector<Number> CsvTable::column(std::string_view name) const try {
    const std::size_t index = column_index(name);
    std::vector<Number> values(rows());
    for (std::size_t i = 0; i < rows(); ++i)
        values[i] = number<Number>(i, index);
    return values;
} catch (...) {
    detail::rethrow_as_error(path_);
}

std::vector<std::string> CsvTable::text_column(std::string_view name) const try {
    const std::size_t index = column_index(name);
    std::vector<std::string> values(rows());
    for (std::size_t i = 0; i < rows(); ++i)
        values[i] = cell(i, index);
    return values;
} catch (...) {
    detail::rethrow_as_error(path_);
}

template <class Number>
std::vector<Number> CsvTable::row(std::size_t row, std::size_t first_column) const try {
    if (row >= rows())
        throw Error(path_.string() + " has " + std::to_string(rows()) + " rows, but row " +
                    std::to_string(row) + " (from 0) was asked for");
    std::size_t last = names_.size();
    while (last > first_column && detail::trimmed(cell(row, last - 1)).empty())
        --last;
    std::vector<Number> values;
    for (std::size_t column = first_column; column < last; ++column)
        values.push_back(number<Number>(row, column));
    return values;
} catch (...) {
    detail::rethrow_as_error(path_);
}

template std::vector<float> CsvTable::column<float>(std::string_view) const;
template std::vector<double> CsvTable::column<double>(std::string_view) const;
template std::vector<float> CsvTable::row<float>(std::size_t, std::size_t) const;
template std::vector<double> CsvTable::row<double>(std::size_t, std::size_t) const;

} // namespace timeloom
