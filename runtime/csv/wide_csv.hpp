// Reads files with one series a line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace timeloom {

/// One line of the file. A missing value is NaN; a series without any has no values.
struct NamedSeries {
    std::string id;
    std::vector<double> values;
};

/// Whether the first line names columns or is a series. `automatic`: a line without numbers names columns,
/// one with numbers is a series; what could be either, such as id,1,2,3 or id,2001,2002, is refused.
enum class WideCsvHeader { automatic, present, absent };

struct WideCsvOptions {
    char separator = ',';
    WideCsvHeader header = WideCsvHeader::automatic;
};

/// Reads `id,v1,v2,...` lines of any length, as in the files of the M4 competition, of at most 2 GiB. Cells
/// that are empty or hold NA or NaN are missing values; those at a line's end are not part of the series. A
/// line without values gives a series without values. Throws Error, naming file and line, for a file that is
/// missing, no regular file, no text or without any series, a line without id, an id that came before, or a
/// cell that is no finite number.
std::vector<NamedSeries> read_wide_csv(const std::filesystem::path& path, const WideCsvOptions& options);
std::vector<NamedSeries> read_wide_csv(const std::filesystem::path& path, char separator = ',');

/// The same a series at a time, of a file of any size: needs memory for some of its lines, and 32 bytes or
/// less for each series, by which it tells an id that came before.
class WideCsvReader {
  public:
    /// Throws Error where the file cannot be opened, as read_wide_csv() does.
    explicit WideCsvReader(const std::filesystem::path& path, const WideCsvOptions& options = {});
    ~WideCsvReader();
    WideCsvReader(const WideCsvReader&) = delete;
    WideCsvReader& operator=(const WideCsvReader&) = delete;

    /// The next series; false at the end of the file. Throws Error for what read_wide_csv() refuses, also for
    /// a file without any series.
    bool next(NamedSeries& series);

    std::uint64_t size() const;       ///< of the file, in bytes
    std::uint64_t bytes_read() const; ///< up to the end of the last series

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace timeloom
