// Cuts the text of a comma-separated file into cells.
#include "timeloom/runtime/csv_reader.hpp"

#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>
#include <system_error>

namespace timeloom::detail {

namespace {

std::string read_text(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::error_code ignored;
    if (!file || std::filesystem::is_directory(path, ignored))
        throw Error(path.string() + " cannot be opened; check its name and permissions.");
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (text.starts_with("\xEF\xBB\xBF"))
        text.erase(0, 3);
    return text;
}

} // namespace

void csv_error(const std::filesystem::path& path, std::size_t line, const std::string& what) {
    throw Error(path.string() + ", line " + std::to_string(line) + ": " + what + ".");
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<double> finite_number(std::string_view cell) {
    std::string_view digits = trimmed(cell);
    if (digits.starts_with('+') && !digits.starts_with("+-"))
        digits.remove_prefix(1);
    double value = 0.0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

CsvReader::CsvReader(const std::filesystem::path& path, char separator)
    : path_(path), text_(read_text(path)), separator_(separator) {}

std::optional<std::vector<std::string>> CsvReader::next() {
    while (at_line_end() && !at_end())
        skip_line_end();
    if (at_end())
        return std::nullopt;
    line_ = next_line_;
    std::vector<std::string> cells{read_cell()};
    while (!at_line_end()) {
        ++position_;
        cells.push_back(read_cell());
    }
    skip_line_end();
    return cells;
}

void CsvReader::skip_line_end() {
    if (at_end())
        return;
    position_ += text_[position_] == '\r' ? 2 : 1;
    ++next_line_;
}

std::string CsvReader::read_cell() {
    if (!at_end() && text_[position_] == '"')
        return read_quoted();
    const std::size_t first = position_;
    while (!at_cell_end())
        ++position_;
    return text_.substr(first, position_ - first);
}

/// A doubled quote stands for one; separators and line ends belong to the cell.
std::string CsvReader::read_quoted() {
    std::string cell;
    while (true) {
        const std::size_t quote = text_.find('"', ++position_);
        if (quote == std::string::npos)
            csv_error(path_, line_, "a quoted cell does not end; close its quote");
        cell.append(text_, position_, quote - position_);
        position_ = quote + 1;
        if (at_end() || text_[position_] != '"')
            break;
        cell += '"';
    }
    next_line_ += static_cast<std::size_t>(std::count(cell.begin(), cell.end(), '\n'));
    if (!at_cell_end())
        csv_error(path_, line_, "text follows a closing quote; double the quotes within a cell");
    return cell;
}

} // namespace timeloom::detail
