// Writes named parameters to a safetensors file.
#include "timeloom/runtime/base/crc32.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/files/atomic_write.hpp"
#include "timeloom/runtime/files/json_text.hpp"
#include "timeloom/runtime/files/only_errors.hpp"
#include "timeloom/runtime/weights/safetensors.hpp"
#include "timeloom/runtime/weights/weights_file.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <set>
#include <vector>

namespace timeloom {

static_assert(std::endian::native == std::endian::little, "safetensors data is little-endian");

namespace {

using Path = std::filesystem::path;

[[noreturn]] void fail(const Path& path, const std::string& why) {
    throw Error("could not write the weights file " + path.string() + ": " + why);
}

void require_savable(const Path& path, std::span<const NamedValues> tensors, const FileMetadata& metadata) {
    std::set<std::string_view> seen;
    std::uint64_t bytes = 0;
    for (const NamedValues& tensor : tensors) {
        if (tensor.name == "__metadata__" || !seen.insert(tensor.name).second)
            fail(path, "the tensor name '" + tensor.name + "' is reserved or used twice");
        if (tensor.values.size() != tensor.shape.size())
            fail(path, "tensor '" + tensor.name + "' has shape " + to_string(tensor.shape) + " but " +
                           std::to_string(tensor.values.size()) + " values");
        bytes += tensor.values.size_bytes();
    }
    if (bytes > detail::most_data_bytes)
        fail(path, "its tensors have " + std::to_string(bytes) + " bytes, but at most " +
                       std::to_string(detail::most_data_bytes) + " can be read again");
    for (const std::string_view name : detail::own_metadata)
        if (metadata.contains(std::string(name)))
            fail(path, "the metadata '" + std::string(name) + "' is timeloom's own; choose another name");
}

/// A name and a text as a member of a JSON object.
std::string member(const Path& path, std::string_view name, std::string_view text) {
    try {
        return detail::json_string(name) + ':' + detail::json_string(text);
    } catch (const Error& error) {
        fail(path, std::string("a name is not valid UTF-8 (") + error.what() + ")");
    }
}

std::string entry(const Path& path, const NamedValues& tensor, std::uint64_t begin) {
    std::string extents;
    for (const std::size_t extent : tensor.shape)
        extents += (extents.empty() ? "" : ",") + std::to_string(extent);
    try {
        return detail::json_string(tensor.name) + R"(:{"dtype":"F32","shape":[)" + extents +
               R"(],"data_offsets":[)" + std::to_string(begin) + ',' +
               std::to_string(begin + tensor.values.size_bytes()) + "]}";
    } catch (const Error& error) {
        fail(path, std::string("a name is not valid UTF-8 (") + error.what() + ")");
    }
}

/// The JSON header, whose checksum is still zeros, padded with spaces so that the data starts on a multiple
/// of 8 bytes.
std::string make_header(const Path& path, const std::string& model, std::span<const NamedValues> tensors,
                        const FileMetadata& more_metadata) {
    std::string text(detail::header_start);
    text += detail::checksum_zeros;
    text += '"';
    text += ',' + member(path, "format", detail::format_name);
    text += ',' + member(path, "format_version", detail::format_version);
    text += ',' + member(path, "model", model);
    for (const auto& [key, value] : more_metadata)
        text += ',' + member(path, key, value);
    text += '}';
    std::uint64_t offset = 0;
    for (const NamedValues& tensor : tensors) {
        text += ',' + entry(path, tensor, offset);
        offset += tensor.values.size_bytes();
    }
    text += '}';
    text.append((8 - text.size() % 8) % 8, ' ');
    if (text.size() > detail::most_header_bytes)
        fail(path, "the names and shapes of " + std::to_string(tensors.size()) +
                       " tensors and the metadata " + "need a header of " + std::to_string(text.size()) +
                       " bytes, but the format allows " + std::to_string(detail::most_header_bytes));
    return text;
}

std::string hexadecimal(std::uint32_t number) {
    std::string text(detail::checksum_zeros);
    for (auto digit = text.rbegin(); digit != text.rend(); ++digit, number >>= 4)
        *digit = "0123456789abcdef"[number & 15];
    return text;
}

std::string_view as_text(std::span<const float> values) {
    return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

} // namespace

void save_weights(const Path& path, const std::string& model, std::span<const NamedValues> tensors,
                  const FileMetadata& more_metadata) try {
    require_savable(path, tensors, more_metadata);
    std::string header = make_header(path, model, tensors, more_metadata);
    const std::uint64_t length = header.size();
    const std::string_view length_bytes(reinterpret_cast<const char*>(&length), sizeof length);

    std::vector<std::string_view> parts{length_bytes, header};
    for (const NamedValues& tensor : tensors)
        parts.push_back(as_text(tensor.values));
    std::uint32_t checksum = 0;
    for (const std::string_view part : parts)
        checksum = crc32(std::as_bytes(std::span(part)), checksum);
    std::ranges::copy(hexadecimal(checksum), header.begin() + detail::header_start.size());
    write_file_atomically(path, parts);
} catch (...) {
    detail::rethrow_as_error(path);
}

} // namespace timeloom
