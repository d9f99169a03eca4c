// Reads files with one series a line.
#include "timeloom/runtime/csv/wide_csv.hpp"

#include "timeloom/runtime/csv/csv_pieces.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/files/only_errors.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace timeloom {

namespace {

using Cells = std::vector<std::string_view>;

bool is_missing(std::string_view cell) {
    const std::string_view text = detail::trimmed(cell);
    return text.empty() || text == "NA" || text == "NaN";
}

std::string id_of(const Cells& cells, const std::filesystem::path& path, std::size_t line) {
    const std::string_view id = detail::trimmed(cells.front());
    if (id.empty())
        detail::csv_error(path, line, "the first cell is empty; it must hold the series' name");
    return std::string(id);
}

void read_values(const Cells& cells, const std::filesystem::path& path, std::size_t line,
                 std::vector<double>& values) {
    std::size_t end = cells.size();
    while (end > 1 && is_missing(cells[end - 1]))
        --end;
    values.clear();
    values.reserve(end - 1);
    for (std::size_t i = 1; i < end; ++i) {
        const auto value = detail::finite_number(cells[i]);
        if (!value && !is_missing(cells[i]))
            detail::csv_error(path, line,
                              "cell " + std::to_string(i + 1) + " holds '" +
                                  std::string(cells[i].substr(0, 40)) + "', which is no finite number");
        values.push_back(value.value_or(std::numeric_limits<double>::quiet_NaN()));
    }
}

/// Steps or years: whole numbers, each one more than the one before.
bool counts_up(const std::vector<double>& values) {
    for (std::size_t i = 0; i < values.size(); ++i)
        if (std::floor(values[i]) != values[i] || (i > 0 && values[i] != values[i - 1] + 1))
            return false;
    return true;
}

bool names_columns(const Cells& cells, WideCsvHeader header, const std::filesystem::path& path,
                   std::size_t line) {
    if (header != WideCsvHeader::automatic)
        return header == WideCsvHeader::present;
    std::vector<double> numbers;
    for (std::size_t i = 1; i < cells.size(); ++i)
        if (const auto number = detail::finite_number(cells[i]))
            numbers.push_back(*number);
    if (!numbers.empty() && counts_up(numbers))
        detail::csv_error(
            path, line,
            "it may name columns or be a series; say so with WideCsvOptions::header, or begin " +
                std::string("the file with a line of names"));
    return numbers.empty();
}

[[noreturn]] void throw_no_series(const std::filesystem::path& path) {
    throw Error(path.string() + " holds no series; one series a line is needed, after a line of names");
}

/// Ids as 128 bits of their text, in an open table that is at most half full: two of 10¹² ids are the same by
/// chance with a probability of 10⁻¹⁵.
class SeenIds {
  public:
    /// False for one that came before.
    bool insert(std::string_view id) {
        if (2 * (count_ + 1) > table_.size()) {
            std::vector<Key> old(std::max<std::size_t>(64, 2 * table_.size()));
            old.swap(table_);
            for (const Key& key : old)
                if (key != Key{})
                    table_[place_of(key)] = key;
        }
        const Key key = key_of(id);
        const std::size_t place = place_of(key);
        const bool is_new = table_[place] == Key{};
        table_[place] = key;
        count_ += is_new;
        return is_new;
    }

  private:
    using Key = std::pair<std::uint64_t, std::uint64_t>;

    static std::uint64_t mixed(std::uint64_t x) { // splitmix64's finaliser
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
        x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
        return x ^ (x >> 31);
    }
    static Key key_of(std::string_view id) {
        Key key{0x9e3779b97f4a7c15u + id.size(), 0xd1b54a32d192ed03u};
        for (const char c : id) {
            const auto byte = static_cast<unsigned char>(c);
            key.first = mixed(key.first + byte + 1);
            key.second = mixed((key.second ^ key.first) * 3 + byte);
        }
        return {key.first | 1, key.second}; // never zero, which is an empty place
    }
    std::size_t place_of(const Key& key) const {
        std::size_t place = key.second % table_.size();
        while (table_[place] != Key{} && table_[place] != key)
            place = (place + 1) % table_.size();
        return place;
    }

    std::vector<Key> table_;
    std::size_t count_ = 0;
};

} // namespace

std::vector<NamedSeries> read_wide_csv(const std::filesystem::path& path, const WideCsvOptions& options) try {
    detail::CsvReader reader(path, options.separator);
    std::vector<NamedSeries> all;
    std::unordered_set<std::string> ids;
    Cells cells;
    bool is_first = true;
    while (reader.next(cells)) {
        if (std::exchange(is_first, false) && names_columns(cells, options.header, path, reader.line()))
            continue;
        NamedSeries& series = all.emplace_back(NamedSeries{id_of(cells, path, reader.line()), {}});
        read_values(cells, path, reader.line(), series.values);
        if (!ids.insert(series.id).second)
            detail::csv_error(path, reader.line(), "the series '" + series.id + "' came before");
    }
    if (all.empty())
        throw_no_series(path);
    return all;
} catch (...) {
    detail::rethrow_as_error(path);
}

struct WideCsvReader::Impl {
    std::filesystem::path path;
    WideCsvOptions options;
    detail::CsvPieces pieces;
    Cells cells{};
    SeenIds ids{};
    bool is_first = true, has_series = false;
};

WideCsvReader::WideCsvReader(const std::filesystem::path& path, const WideCsvOptions& options) try
    : impl_(new Impl{path, options, detail::CsvPieces(path, options.separator)}) {
} catch (...) {
    detail::rethrow_as_error(path);
}

WideCsvReader::~WideCsvReader() = default;

bool WideCsvReader::next(NamedSeries& series) try {
    Impl& i = *impl_;
    bool found = i.pieces.next(i.cells);
    if (std::exchange(i.is_first, false) && found &&
        names_columns(i.cells, i.options.header, i.path, i.pieces.line()))
        found = i.pieces.next(i.cells);
    if (!found) {
        if (!i.has_series)
            throw_no_series(i.path);
        return false;
    }
    i.has_series = true;
    series.id = id_of(i.cells, i.path, i.pieces.line());
    read_values(i.cells, i.path, i.pieces.line(), series.values);
    if (!i.ids.insert(series.id))
        detail::csv_error(i.path, i.pieces.line(), "the series '" + series.id + "' came before");
    return true;
} catch (...) {
    detail::rethrow_as_error(impl_->path);
}

std::uint64_t WideCsvReader::size() const { return impl_->pieces.size(); }
std::uint64_t WideCsvReader::bytes_read() const { return impl_->pieces.bytes_read(); }

std::vector<NamedSeries> read_wide_csv(const std::filesystem::path& path, char separator) {
    return read_wide_csv(path, WideCsvOptions{.separator = separator});
}

} // namespace timeloom
