// A table of figures as text, as Markdown and as an SVG picture.
#pragma once

#include <string>
#include <vector>

/// One column. Neighbours with the same `group` share that heading.
struct TableColumn {
    std::string group;
    std::string name;
    bool muted = false; ///< in grey, for what is there to compare with
};

/// The first column holds names, the others figures. Cells are UTF-8.
struct Table {
    std::string title;
    std::vector<TableColumn> columns;
    std::vector<std::vector<std::string>> rows; ///< as many cells as columns
    std::string note = {};                      ///< a line below the table
};

/// Aligned columns for a terminal, without the title.
std::string as_text(const Table& table);
/// Title, table and note in GitHub's Markdown.
std::string as_markdown(const Table& table);
/// A picture as wide as its columns need.
std::string as_svg(const Table& table);

/// `pattern` is printf's for one double.
std::string formatted(const char* pattern, double value);
