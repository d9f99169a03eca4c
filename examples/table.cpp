#include "table.hpp"

#include <algorithm>
#include <cstdio>

namespace {

/// Code points; every character of these tables is one.
std::size_t width(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string left(const std::string& text, std::size_t size) {
    return text + std::string(size - std::min(size, width(text)), ' ');
}

std::string right(const std::string& text, std::size_t size) {
    return std::string(size - std::min(size, width(text)), ' ') + text;
}

/// Columns [begin, end) under one heading.
struct Group {
    std::string name;
    std::size_t begin, end;
};

std::vector<Group> groups(const Table& table) {
    std::vector<Group> result;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const std::string& name = table.columns[i].group;
        if (result.empty() || name.empty() || result.back().name != name) {
            result.push_back({name, i, i});
        }
        ++result.back().end;
    }
    return result;
}

constexpr std::size_t gap = 2; // between columns, in characters

std::size_t span(const Group& group, const std::vector<std::size_t>& widths) {
    std::size_t total = gap * (group.end - group.begin - 1);
    for (std::size_t i = group.begin; i < group.end; ++i) {
        total += widths[i];
    }
    return total;
}

/// In characters, wide enough for every cell and heading.
std::vector<std::size_t> column_widths(const Table& table) {
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        widths.push_back(width(table.columns[i].name));
        for (const auto& row : table.rows) {
            widths[i] = std::max(widths[i], width(row[i]));
        }
    }
    for (const Group& group : groups(table)) {
        const std::size_t have = span(group, widths), need = width(group.name);
        widths[group.begin] += need > have ? need - have : 0;
    }
    return widths;
}

std::string escaped(const std::string& text) {
    std::string result;
    for (const char c : text) {
        result += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
    }
    return result;
}

constexpr double character = 7.6, line_height = 26, margin = 20; // pixels, at a font size of 14

std::string svg_text(double x, double y, const char* anchor, const std::string& text, const char* style) {
    return "<text x=\"" + formatted("%.1f", x) + "\" y=\"" + formatted("%.1f", y) + "\" text-anchor=\"" +
           anchor + "\" " + style + ">" + escaped(text) + "</text>\n";
}

std::string svg_rule(double left, double right, double y, const char* width) {
    return "<line x1=\"" + formatted("%.1f", left) + "\" x2=\"" + formatted("%.1f", right) + "\" y1=\"" +
           formatted("%.1f", y) + "\" y2=\"" + formatted("%.1f", y) +
           "\" stroke=\"#404040\" stroke-width=\"" + width + "\"/>\n";
}

/// Left and right end of every column, in pixels.
std::vector<std::pair<double, double>> column_ends(const Table& table) {
    std::vector<std::pair<double, double>> ends;
    double x = margin;
    for (const std::size_t size : column_widths(table)) {
        ends.push_back({x, x + character * static_cast<double>(size)});
        x = ends.back().second + character * 2.5;
    }
    return ends;
}

} // namespace

std::string formatted(const char* pattern, double value) {
    char text[40];
    std::snprintf(text, sizeof text, pattern, value);
    return text;
}

std::string as_text(const Table& table) {
    const std::vector<std::size_t> widths = column_widths(table);
    std::string text;
    for (const Group& group : groups(table)) {
        text += left(group.name, span(group, widths)) + std::string(gap, ' ');
    }
    text.erase(text.find_last_not_of(' ') + 1);
    const auto add_row = [&](const auto& cell) {
        text += "\n" + left(cell(0), widths[0]);
        for (std::size_t i = 1; i < widths.size(); ++i) {
            text += std::string(gap, ' ') + right(cell(i), widths[i]);
        }
    };
    add_row([&](std::size_t i) { return table.columns[i].name; });
    for (const auto& row : table.rows) {
        add_row([&](std::size_t i) { return row[i]; });
    }
    return text + "\n" + (table.note.empty() ? "" : table.note + "\n");
}

std::string as_markdown(const Table& table) {
    std::string text = "**" + table.title + "**\n\n|", rule = "\n|";
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const auto& [group, name, muted] = table.columns[i];
        text += " " + group + (group.empty() || name.empty() ? "" : ", ") + name + " |";
        rule += i == 0 ? " --- |" : " ---: |";
    }
    text += rule + "\n";
    for (const auto& row : table.rows) {
        text += "|";
        for (const std::string& cell : row) {
            text += " " + cell + " |";
        }
        text += "\n";
    }
    return text + (table.note.empty() ? "" : "\n" + table.note + "\n");
}

std::string as_svg(const Table& table) {
    const auto ends = column_ends(table);
    const double right_end = ends.back().second;
    double y = margin + 14;
    std::string body = svg_text(margin, y, "start", table.title, "font-weight=\"bold\"");
    y += line_height * 1.3;
    for (const Group& group : groups(table)) {
        const double from = ends[group.begin].first, to = ends[group.end - 1].second;
        if (!group.name.empty()) {
            body += svg_text((from + to) / 2, y, "middle", group.name, "") + svg_rule(from, to, y + 7, "0.5");
        }
    }
    const auto add_row = [&](const auto& cell) {
        y += line_height;
        for (std::size_t i = 0; i < ends.size(); ++i) {
            body += svg_text(i == 0 ? ends[i].first : ends[i].second, y, i == 0 ? "start" : "end", cell(i),
                             table.columns[i].muted ? "fill=\"#707070\"" : "");
        }
    };
    add_row([&](std::size_t i) { return table.columns[i].name; });
    body += svg_rule(margin, right_end, y + 8, "1.2");
    y += 4;
    for (const auto& row : table.rows) {
        add_row([&](std::size_t i) { return row[i]; });
    }
    body += svg_rule(margin, right_end, y + 9, "1.2");
    if (!table.note.empty()) {
        y += line_height + 6;
        body += svg_text(margin, y, "start", table.note, "font-size=\"12\" fill=\"#404040\"");
    }
    const std::string size = "width=\"" + formatted("%.0f", right_end + margin) + "\" height=\"" +
                             formatted("%.0f", y + margin + 6) + "\"";
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" " + size +
           " font-family=\"Helvetica, Arial, sans-serif\" font-size=\"14\">\n"
           "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n" +
           body + "</svg>\n";
}
