// Writes the cells of comma-separated files.
#pragma once

#include <string>
#include <string_view>

namespace timeloom {

/// The text as a cell: in quotes, doubled within, where it holds the separator, a quote or a line end (RFC
/// 4180).
std::string csv_cell(std::string_view text, std::string_view separator = ",");

} // namespace timeloom
