// Implements read_labelled_texts.
#include "timeloom/runtime/labelled_text.hpp"

#include "timeloom/runtime/error.hpp"

#include <charconv>
#include <fstream>
#include <optional>
#include <string_view>

namespace timeloom {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view header = "id\tlabel\ttext";

[[noreturn]] void fail_at(const std::filesystem::path& path, std::size_t line, const std::string& problem) {
    throw Error("'" + path.string() + "', line " + std::to_string(line) + ": " + problem +
                "; each line must be id<TAB>label<TAB>text.");
}

std::optional<std::int32_t> parse_label(std::string_view text) {
    std::int32_t label = 0;
    const char* end = text.data() + text.size();
    const auto [stop, failure] = std::from_chars(text.data(), end, label);
    if (failure != std::errc{} || stop != end) {
        return std::nullopt;
    }
    return label;
}

// Drops what belongs to the file format and not to the row: the byte-order mark and the CR of CRLF.
std::string_view strip_line(std::string_view line, std::size_t number) {
    if (number == 1 && line.starts_with(byte_order_mark)) {
        line.remove_prefix(byte_order_mark.size());
    }
    if (line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    return line;
}

void append_row(LabelledTexts& rows, std::string_view line, const std::filesystem::path& path,
                std::size_t number) {
    const std::size_t first_tab = line.find('\t');
    const std::size_t second_tab =
        first_tab == std::string_view::npos ? first_tab : line.find('\t', first_tab + 1);
    if (second_tab == std::string_view::npos) {
        fail_at(path, number, "expected three columns separated by tabs");
    }
    const std::string_view label_text = line.substr(first_tab + 1, second_tab - first_tab - 1);
    const auto label = parse_label(label_text);
    if (!label) {
        fail_at(path, number, "the label '" + std::string(label_text) + "' is not an integer");
    }
    rows.ids.emplace_back(line.substr(0, first_tab));
    rows.labels.push_back(*label);
    rows.texts.emplace_back(line.substr(second_tab + 1));
}

} // namespace

LabelledTexts read_labelled_texts(const std::filesystem::path& path, std::size_t limit) {
    std::ifstream file(path, std::ios::binary);
    if (!file || std::filesystem::is_directory(path)) {
        throw Error(
            "cannot open the labelled texts '" + path.string() +
            "': the data is fetched separately from the program; give the folder that holds it with --data.");
    }
    LabelledTexts rows;
    std::string buffer;
    for (std::size_t number = 1; rows.texts.size() < limit && std::getline(file, buffer); ++number) {
        const std::string_view line = strip_line(buffer, number);
        if (number == 1 && line == header) {
            continue;
        }
        append_row(rows, line, path, number);
    }
    if (file.bad()) {
        throw Error("reading '" + path.string() + "' failed after " + std::to_string(rows.texts.size()) +
                    " rows; check the disk and try again.");
    }
    return rows;
}

} // namespace timeloom
