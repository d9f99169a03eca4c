// Reads files with one series a line.
#include "timeloom/runtime/series/wide_csv.hpp"

#include "timeloom/runtime/csv_reader.hpp"
#include "timeloom/runtime/error.hpp"

#include <limits>
#include <unordered_set>
#include <utility>

namespace timeloom {

namespace {

bool is_missing(std::string_view cell) {
    const std::string_view text = detail::trimmed(cell);
    return text.empty() || text == "NA" || text == "NaN";
}

NamedSeries series_of(const std::vector<std::string>& cells, const std::filesystem::path& path,
                      std::size_t line) {
    NamedSeries series{std::string(detail::trimmed(cells.front())), {}};
    if (series.id.empty())
        detail::csv_error(path, line, "the first cell is empty; it must hold the series' name");
    std::size_t end = cells.size();
    while (end > 1 && is_missing(cells[end - 1]))
        --end;
    if (end == 1)
        detail::csv_error(path, line, "the series '" + series.id + "' has no values; leave out the line");
    for (std::size_t i = 1; i < end; ++i) {
        const auto value = detail::finite_number(cells[i]);
        if (!value && !is_missing(cells[i]))
            detail::csv_error(path, line,
                              "cell " + std::to_string(i + 1) + " holds '" + cells[i].substr(0, 40) +
                                  "', which is no finite number");
        series.values.push_back(value.value_or(std::numeric_limits<double>::quiet_NaN()));
    }
    return series;
}

} // namespace

std::vector<NamedSeries> read_wide_csv(const std::filesystem::path& path, char separator) {
    detail::CsvReader reader(path, separator);
    std::vector<NamedSeries> all;
    std::unordered_set<std::string> ids;
    reader.next(); // the header
    while (const auto cells = reader.next()) {
        all.push_back(series_of(*cells, path, reader.line()));
        if (!ids.insert(all.back().id).second)
            detail::csv_error(path, reader.line(), "the series '" + all.back().id + "' came before");
    }
    if (all.empty())
        throw Error(path.string() + " holds no series; a header line and then one series a line are needed.");
    return all;
}

} // namespace timeloom
