// Writes named parameters to a safetensors file.
#include "timeloom/runtime/atomic_write.hpp"
#include "timeloom/runtime/crc32.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/weights_file.hpp"

#include <nlohmann/json.hpp>

#include <bit>
#include <cstdint>
#include <set>

namespace timeloom {

static_assert(std::endian::native == std::endian::little, "safetensors data is little-endian");

namespace {

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& why) {
    throw Error("Could not write the weights file " + path.string() + ": " + why + ".");
}

void require_savable(const std::filesystem::path& path, std::span<const NamedValues> tensors) {
    std::set<std::string> seen;
    for (const NamedValues& tensor : tensors) {
        if (tensor.name == "__metadata__" || !seen.insert(tensor.name).second)
            fail(path, "the tensor name '" + tensor.name + "' is reserved or used twice");
        if (tensor.values.size() != tensor.shape.size())
            fail(path, "tensor '" + tensor.name + "' has shape " + to_string(tensor.shape) + " but " +
                           std::to_string(tensor.values.size()) + " values");
    }
}

/// The JSON header, padded with spaces so that the data starts on a multiple of 8 bytes.
std::string make_header(const std::filesystem::path& path, const std::string& model,
                        std::span<const NamedValues> tensors, const FileMetadata& more_metadata) {
    std::uint32_t checksum = 0;
    std::size_t offset = 0;
    nlohmann::ordered_json header;
    header["__metadata__"] = nullptr; // in front of the tensors; filled in when the checksum is known
    for (const NamedValues& tensor : tensors) {
        const std::size_t end = offset + tensor.values.size_bytes();
        header[tensor.name] = {{"dtype", "F32"},
                               {"shape", std::vector<std::size_t>(tensor.shape.begin(), tensor.shape.end())},
                               {"data_offsets", {offset, end}}};
        checksum = crc32(std::as_bytes(tensor.values), checksum);
        offset = end;
    }
    header["__metadata__"] = {{"format", "timeloom"},
                              {"format_version", "1"},
                              {"model", model},
                              {"crc32", std::to_string(checksum)}};
    for (const auto& [key, text] : more_metadata)
        header["__metadata__"][key] = text;
    try {
        std::string text = header.dump();
        text.append((8 - text.size() % 8) % 8, ' ');
        return text;
    } catch (const nlohmann::json::exception& error) {
        fail(path, std::string("a name is not valid UTF-8 (") + error.what() + ")");
    }
}

} // namespace

void save_weights(const std::filesystem::path& path, const std::string& model,
                  std::span<const NamedValues> tensors, const FileMetadata& more_metadata) {
    require_savable(path, tensors);
    const std::string header = make_header(path, model, tensors, more_metadata);
    const std::uint64_t length = header.size();

    std::string content(reinterpret_cast<const char*>(&length), sizeof length);
    content += header;
    for (const NamedValues& tensor : tensors)
        content.append(reinterpret_cast<const char*>(tensor.values.data()), tensor.values.size_bytes());
    write_file_atomically(path, content);
}

} // namespace timeloom
