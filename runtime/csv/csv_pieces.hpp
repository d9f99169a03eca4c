// Cuts a comma-separated file of any size into cells, a piece at a time.
#pragma once

#include "timeloom/runtime/csv/csv_reader.hpp"
#include "timeloom/runtime/files/input_file.hpp"

namespace timeloom::detail {

/// As CsvReader, but with memory for a piece of the file and its longest line only.
class CsvPieces {
  public:
    CsvPieces(const std::filesystem::path& path, char separator,
              std::size_t piece_bytes = std::size_t{1} << 20);

    /// The cells of the next record, valid until the next call; false at the end of the file.
    bool next(std::vector<std::string_view>& cells);

    /// Where the last record began, from 1.
    std::size_t line() const { return piece_.line(); }
    std::uint64_t size() const { return file_.size(); }
    /// Up to the end of the last record.
    std::uint64_t bytes_read() const { return file_.size() - left_ - rest_.size() - piece_.bytes_left(); }

  private:
    bool load_piece();
    std::size_t end_of_records(std::string_view text) const;

    std::filesystem::path path_;
    char separator_;
    std::size_t piece_bytes_;
    InputFile file_;
    std::uint64_t left_; ///< bytes not yet read
    std::string rest_;   ///< of the piece before: the beginning of a record
    CsvReader piece_;
};

} // namespace timeloom::detail
