// Implements read_labelled_texts.
#include "timeloom/runtime/text/labelled_text.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/files/input_file.hpp"
#include "timeloom/runtime/files/only_errors.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace timeloom {

namespace {

constexpr detail::FileKind labelled_texts{
    "file of labelled texts",
    "the data is fetched separately from the program; give the folder that holds it with --data",
    std::uint64_t{2} << 30};

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view header = "id\tlabel\ttext";

[[noreturn]] void fail_at(const std::filesystem::path& path, std::size_t line, const std::string& problem) {
    throw Error("'" + path.string() + "', line " + std::to_string(line) + ": " + problem +
                "; each line must be id<TAB>label<TAB>text");
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

LabelledTexts read_labelled_texts(const std::filesystem::path& path, std::size_t limit) try {
    const std::string text = detail::read_text(path, labelled_texts);
    // CR ends a line only in files without LF: elsewhere it is a character of a text.
    const char line_end = text.find('\n') == std::string::npos ? '\r' : '\n';
    LabelledTexts rows;
    std::string_view rest = text;
    for (std::size_t number = 1; rows.texts.size() < limit && !rest.empty(); ++number) {
        const std::size_t length = std::min(rest.find(line_end), rest.size());
        const std::string_view line = strip_line(rest.substr(0, length), number);
        rest.remove_prefix(std::min(length + 1, rest.size()));
        if (line.find('\0') != std::string_view::npos) {
            fail_at(path, number,
                    "it holds a NUL byte, so the file is no UTF-8 text" + detail::looks_like(text));
        }
        if (number > 1 || line != header) {
            append_row(rows, line, path, number);
        }
    }
    return rows;
} catch (...) {
    detail::rethrow_as_error(path);
}

} // namespace timeloom
