// Reads files with one series a line.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace timeloom {

/// One line of the file. A missing value is NaN.
struct NamedSeries {
    std::string id;
    std::vector<double> values;
};

/// Reads `id,v1,v2,...` lines of any length after a header line, as in the files of the M4 competition. Cells
/// that are empty or hold NA or NaN are missing values; those at a line's end are not part of the series.
/// Throws Error, naming file and line, for a missing file, one without any series, a line without id or
/// values, an id that came before, or a cell that is no finite number.
std::vector<NamedSeries> read_wide_csv(const std::filesystem::path& path, char separator = ',');

} // namespace timeloom
