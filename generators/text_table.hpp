// Tables of text in columns.
#pragma once

#include <string>
#include <vector>

namespace timeloom::generators {

/// The cells of a row, in UTF-8.
using table_row = std::vector<std::string>;

/// Columns two spaces apart; the last one is as wide as it is.
std::string text_table(const std::vector<table_row>& rows);

/// Values as text, with commas between them.
template <class Values, class Text>
std::string listed(const Values& values, const Text& text) {
    std::string all;
    for (const auto& value : values) {
        all += (all.empty() ? "" : ", ") + text(value);
    }
    return all;
}

} // namespace timeloom::generators
