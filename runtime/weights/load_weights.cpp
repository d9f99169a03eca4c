// Reads named parameters from a safetensors file, trusting nothing in it.
#include "timeloom/runtime/base/crc32.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/files/only_errors.hpp"
#include "timeloom/runtime/weights/safetensors.hpp"
#include "timeloom/runtime/weights/weights_file.hpp"
#include "timeloom/runtime/weights/weights_header.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <utility>

namespace timeloom {

namespace {

using Path = std::filesystem::path;
using detail::WeightsEntry;
using detail::WeightsHeader;

[[noreturn]] void fail(const Path& path, const std::string& what) {
    throw Error("the weights file " + path.string() + " cannot be used: " + what);
}

[[noreturn]] void fail_as_damaged(const Path& path, const std::string& what) {
    fail(path, what + "; it is damaged or no safetensors file, so copy it again or train and save again");
}

/// The length and the JSON text; refuses a length that the file does not hold, before any memory is reserved
/// for it.
std::string read_header(const Path& path, detail::InputFile& file) {
    std::uint64_t length = 0;
    if (file.size() < sizeof length)
        fail_as_damaged(path, "it has only " + std::to_string(file.size()) + " bytes");
    std::string bytes(sizeof length, '\0');
    file.read(std::as_writable_bytes(std::span(bytes)));
    std::memcpy(&length, bytes.data(), sizeof length);
    if (length > detail::most_header_bytes || length > file.size() - sizeof length)
        fail_as_damaged(path, "its header claims " + std::to_string(length) + " bytes, but the file has " +
                                  std::to_string(file.size()) + " and a header at most " +
                                  std::to_string(detail::most_header_bytes) + detail::looks_like(bytes));
    bytes.resize(sizeof length + static_cast<std::size_t>(length));
    file.read(std::as_writable_bytes(std::span(bytes)).subspan(sizeof length));
    return bytes;
}

WeightsHeader parse_header(const Path& path, std::string_view text) {
    try {
        return detail::parse_weights_header(text);
    } catch (const Error& error) {
        fail_as_damaged(path, error.what());
    }
}

/// Sorts the tensors by their data, which must lie side by side and fill the file.
void require_no_gaps(const Path& path, std::vector<WeightsEntry>& entries, std::uint64_t data_size) {
    std::ranges::sort(entries, {}, [](const WeightsEntry& e) { return std::pair(e.begin, e.end); });
    std::uint64_t expected = 0;
    for (const WeightsEntry& entry : entries) {
        if (entry.begin != expected)
            fail_as_damaged(path, "tensor '" + entry.name + "' begins at byte " +
                                      std::to_string(entry.begin) +
                                      " of the data, but the one before ends at " + std::to_string(expected));
        expected = entry.end;
    }
    if (expected != data_size)
        fail_as_damaged(path, "its header describes " + std::to_string(expected) +
                                  " bytes of data, but the file holds " + std::to_string(data_size));
}

std::vector<NamedTensor> read_tensors(detail::InputFile& file, std::vector<WeightsEntry>& entries) {
    std::vector<NamedTensor> tensors;
    tensors.reserve(entries.size());
    for (WeightsEntry& entry : entries) {
        tensors.push_back({std::move(entry.name), Tensor(entry.shape)});
        file.read(std::as_writable_bytes(tensors.back().tensor.values()));
    }
    file.require_end();
    return tensors;
}

std::uint32_t checksum_of(std::span<const NamedTensor> tensors, std::uint32_t checksum) {
    for (const NamedTensor& tensor : tensors)
        checksum = crc32(std::as_bytes(tensor.tensor.values()), checksum);
    return checksum;
}

std::string text_of(const FileMetadata& metadata, std::string_view key) {
    const auto found = metadata.find(std::string(key));
    return found == metadata.end() ? std::string() : found->second;
}

/// Version 1 had a checksum of the data alone, as a decimal number.
bool fits_version_1(const FileMetadata& metadata, std::span<const NamedTensor> tensors) {
    return text_of(metadata, "crc32") == std::to_string(checksum_of(tensors, 0));
}

bool begins_as_ours(const std::string& bytes) {
    return bytes.compare(sizeof(std::uint64_t), detail::header_start.size(), detail::header_start) == 0;
}

/// `bytes` are the header with its length. The checksum must stand where we write it: its digits count as
/// zeros.
bool fits_version_2(std::string bytes, std::span<const NamedTensor> tensors) {
    const std::size_t place = sizeof(std::uint64_t) + detail::header_start.size();
    if (!begins_as_ours(bytes))
        return false;
    const std::string digits = bytes.substr(place, detail::checksum_zeros.size());
    std::uint32_t expected = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), expected, 16);
    bytes.replace(place, digits.size(), detail::checksum_zeros);
    const auto is_capital = [](char c) { return c >= 'A' && c <= 'F'; };
    return error == std::errc{} && end == digits.data() + digits.size() &&
           std::ranges::none_of(digits, is_capital) &&
           checksum_of(tensors, crc32(std::as_bytes(std::span(bytes)))) == expected;
}

/// True if the header has the form of ours but for a few bytes, which may be damaged.
bool resembles_ours(std::string_view header) {
    std::string start(detail::header_start);
    start.append(detail::checksum_zeros).append("\",\"format\":\"timeloom\",\"format_version\":\"");
    std::size_t alike = 0;
    for (std::size_t i = 0; i < std::min(start.size(), header.size()); ++i)
        alike += start[i] == header[i];
    return alike > start.size() * 2 / 3; // all but the digits of the checksum, of an undamaged header
}

/// Files of other programs pass. Several signs, so that no damage makes a file of ours pass as theirs.
bool is_ours(const std::string& bytes, const FileMetadata& metadata) {
    return resembles_ours(std::string_view(bytes).substr(sizeof(std::uint64_t))) ||
           text_of(metadata, "format") == detail::format_name ||
           (metadata.contains("format_version") && metadata.contains("crc32"));
}

void check(const Path& path, const std::string& header, const FileMetadata& metadata,
           std::span<const NamedTensor> tensors) {
    const std::string version = text_of(metadata, "format_version");
    if (version != "1" && version != detail::format_version)
        fail(path, "its format version is '" + version + "', but this program reads versions 1 and " +
                       std::string(detail::format_version) + "; update timeloom");
    if (version == "1" ? !fits_version_1(metadata, tensors) : !fits_version_2(header, tensors))
        fail_as_damaged(path, "its checksum is wrong");
}

} // namespace

WeightsFile load_weights(const Path& path) try {
    detail::InputFile file(path, detail::weights_file);
    const std::string bytes = read_header(path, file);
    WeightsHeader header = parse_header(path, std::string_view(bytes).substr(sizeof(std::uint64_t)));
    require_no_gaps(path, header.entries, file.size() - bytes.size());

    WeightsFile result{text_of(header.metadata, "model"), read_tensors(file, header.entries)};
    if (is_ours(bytes, header.metadata))
        check(path, bytes, header.metadata, result.tensors);
    for (const std::string_view own : detail::own_metadata)
        header.metadata.erase(std::string(own));
    result.metadata = std::move(header.metadata);
    return result;
} catch (...) {
    detail::rethrow_as_error(path);
}

} // namespace timeloom
