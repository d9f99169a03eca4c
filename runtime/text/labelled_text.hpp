// Reads labelled texts, such as film reviews, from tab-separated files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

namespace timeloom {

/// Parallel columns of a labelled text file: row i is ids[i], labels[i], texts[i].
struct LabelledTexts {
    std::vector<std::string> ids;
    std::vector<std::int32_t> labels;
    std::vector<std::string> texts;
};

/// Reads lines of the form `id<TAB>label<TAB>text`, at most `limit` of them; label is an integer (1
/// positive). Takes LF, CRLF or CR line ends, a UTF-8 byte-order mark and an optional header line
/// `id<TAB>label<TAB>text`; further tabs belong to the text. Throws Error, naming file and line, for a file
/// that is missing, no regular file, beyond 2 GiB or no text (NUL bytes), and for a malformed line.
LabelledTexts read_labelled_texts(const std::filesystem::path& path,
                                  std::size_t limit = std::numeric_limits<std::size_t>::max());

} // namespace timeloom
