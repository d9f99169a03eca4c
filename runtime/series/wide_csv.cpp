// Reads files with one series a line.
#include "timeloom/runtime/series/wide_csv.hpp"

#include "timeloom/runtime/csv_reader.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/files/only_errors.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_set>
#include <utility>

namespace timeloom {

namespace {

using Cells = std::vector<std::string_view>;

bool is_missing(std::string_view cell) {
    const std::string_view text = detail::trimmed(cell);
    return text.empty() || text == "NA" || text == "NaN";
}

NamedSeries series_of(const Cells& cells, const std::filesystem::path& path, std::size_t line) {
    NamedSeries series{std::string(detail::trimmed(cells.front())), {}};
    if (series.id.empty())
        detail::csv_error(path, line, "the first cell is empty; it must hold the series' name");
    std::size_t end = cells.size();
    while (end > 1 && is_missing(cells[end - 1]))
        --end;
    series.values.reserve(end - 1);
    for (std::size_t i = 1; i < end; ++i) {
        const auto value = detail::finite_number(cells[i]);
        if (!value && !is_missing(cells[i]))
            detail::csv_error(path, line,
                              "cell " + std::to_string(i + 1) + " holds '" +
                                  std::string(cells[i].substr(0, 40)) + "', which is no finite number");
        series.values.push_back(value.value_or(std::numeric_limits<double>::quiet_NaN()));
    }
    return series;
}

/// Steps or years: whole numbers, each one more than the one before.
bool counts_up(const std::vector<double>& values) {
    for (std::size_t i = 0; i < values.size(); ++i)
        if (std::floor(values[i]) != values[i] || (i > 0 && values[i] != values[i - 1] + 1))
            return false;
    return true;
}

bool names_columns(const Cells& cells, WideCsvHeader header, const std::filesystem::path& path,
                   std::size_t line) {
    if (header != WideCsvHeader::automatic)
        return header == WideCsvHeader::present;
    std::vector<double> numbers;
    for (std::size_t i = 1; i < cells.size(); ++i)
        if (const auto number = detail::finite_number(cells[i]))
            numbers.push_back(*number);
    if (!numbers.empty() && counts_up(numbers))
        detail::csv_error(
            path, line,
            "it may name columns or be a series; say so with WideCsvOptions::header, or begin " +
                std::string("the file with a line of names"));
    return numbers.empty();
}

} // namespace

std::vector<NamedSeries> read_wide_csv(const std::filesystem::path& path, const WideCsvOptions& options) try {
    detail::CsvReader reader(path, options.separator);
    std::vector<NamedSeries> all;
    std::unordered_set<std::string> ids;
    Cells cells;
    bool is_first = true;
    while (reader.next(cells)) {
        if (std::exchange(is_first, false) && names_columns(cells, options.header, path, reader.line()))
            continue;
        all.push_back(series_of(cells, path, reader.line()));
        if (!ids.insert(all.back().id).second)
            detail::csv_error(path, reader.line(), "the series '" + all.back().id + "' came before");
    }
    if (all.empty())
        throw Error(path.string() + " holds no series; one series a line is needed, after a line of names.");
    return all;
} catch (...) {
    detail::rethrow_as_error(path);
}

std::vector<NamedSeries> read_wide_csv(const std::filesystem::path& path, char separator) {
    return read_wide_csv(path, WideCsvOptions{.separator = separator});
}

} // namespace timeloom
