// Cuts a comma-separated file of any size into cells, a piece at a time.
#include "timeloom/runtime/csv/csv_pieces.hpp"

#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <limits>

namespace timeloom::detail {

namespace {

constexpr FileKind csv_file{"CSV file", "check its name and permissions",
                            std::numeric_limits<std::uint64_t>::max()};

constexpr std::uint64_t longest_line = std::uint64_t{1} << 30;

/// Behind the last line end; 0 if there is none. A carriage return at the end may have its line feed behind
/// it.
std::size_t behind_last_line_end(std::string_view text) {
    const std::size_t feed = text.rfind('\n');
    if (feed != std::string_view::npos) {
        return feed + 1;
    }
    const std::size_t carriage = text.substr(0, std::max<std::size_t>(text.size(), 1) - 1).rfind('\r');
    return carriage != std::string_view::npos ? carriage + 1 : 0;
}

} // namespace

CsvPieces::CsvPieces(const std::filesystem::path& path, char separator, std::size_t piece_bytes)
    : path_(path), separator_(separator), piece_bytes_(std::max<std::size_t>(1, piece_bytes)),
      file_(path, csv_file), left_(file_.size()), piece_(path, separator, "", 1) {}

bool CsvPieces::next(std::vector<std::string_view>& cells) {
    while (!piece_.next(cells)) {
        if (!load_piece()) {
            return false;
        }
    }
    return true;
}

/// Reads on until there is a whole record; false at the end of the file.
bool CsvPieces::load_piece() {
    std::string text = std::move(rest_);
    rest_.clear();
    std::size_t end = 0;
    while (end == 0 && left_ > 0) {
        if (text.size() >= longest_line) {
            csv_error(path_, piece_.next_line(),
                      "it is longer than " + std::to_string(longest_line) +
                          " bytes; is a quote missing, or is it the wrong file?");
        }
        const std::size_t old = text.size();
        text.resize(old +
                    static_cast<std::size_t>(std::min<std::uint64_t>(left_, std::max(piece_bytes_, old))));
        file_.read(std::as_writable_bytes(std::span(text).subspan(old)));
        left_ -= text.size() - old;
        end = end_of_records(text);
    }
    if (left_ == 0) {
        file_.require_end();
        end = text.size();
    }
    if (text.empty()) {
        return false;
    }
    rest_ = text.substr(end);
    text.resize(end);
    piece_ = CsvReader(path_, separator_, std::move(text), piece_.next_line());
    return true;
}

/// Line ends within quotes belong to their cell.
std::size_t CsvPieces::end_of_records(std::string_view text) const {
    if (text.find('"') == std::string_view::npos) {
        return behind_last_line_end(text);
    }
    enum class In { cell_start, plain_cell, quoted_cell, closed_cell } in = In::cell_start;
    const bool is_first = piece_.next_line() == 1;
    std::size_t end = 0;
    for (std::size_t i = is_first ? byte_order_mark_size(text) : 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in == In::quoted_cell) {
            in = c == '"' ? In::closed_cell : In::quoted_cell;
        } else if (c == '"' && in != In::plain_cell) { // after a closing quote a doubled one
            in = In::quoted_cell;
        } else if (c == separator_) {
            in = In::cell_start;
        } else if (c == '\n' || c == '\r') {
            in = In::cell_start;
            const bool may_go_on = c == '\r' && (i + 1 == text.size() || text[i + 1] == '\n');
            end = may_go_on ? end : i + 1;
        } else {
            in = In::plain_cell;
        }
    }
    return end;
}

} // namespace timeloom::detail
