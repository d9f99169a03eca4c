// Writes the cells of comma-separated files.
#include "timeloom/runtime/files/csv_text.hpp"

namespace timeloom {

std::string csv_cell(std::string_view text, std::string_view separator) {
    const bool holds_separator = !separator.empty() && text.find(separator) != std::string_view::npos;
    if (!holds_separator && text.find_first_of("\"\r\n") == std::string_view::npos) {
        return std::string(text);
    }
    std::string quoted = "\"";
    for (const char c : text) {
        quoted.append(c == '"' ? 2 : 1, c);
    }
    return quoted + '"';
}

} // namespace timeloom
