// Reads named parameters from a safetensors file, trusting nothing in it.
#include "timeloom/runtime/crc32.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/weights_file.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <set>
#include <system_error>
#include <utility>

namespace timeloom {

namespace {

using nlohmann::json;

constexpr std::uint64_t largest_header = 16u << 20;

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& what) {
    throw Error("The weights file " + path.string() + " cannot be used: " + what + ".");
}

[[noreturn]] void fail_as_damaged(const std::filesystem::path& path, const std::string& what) {
    fail(path, what + "; it is damaged or no safetensors file, so copy it again or train and save again");
}

/// Name, shape and place of one tensor, as the header tells them.
struct Entry {
    std::string name;
    Shape shape;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

std::vector<std::byte> read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    const std::streamoff size = file ? static_cast<std::streamoff>(file.tellg()) : -1;
    std::error_code ignored;
    if (size < 0 || std::filesystem::is_directory(path, ignored))
        fail(path, "it cannot be opened; check its name and permissions");
    std::vector<std::byte> bytes(static_cast<std::size_t>(size));
    file.seekg(0);
    file.read(reinterpret_cast<char*>(bytes.data()), size);
    if (file.gcount() != size)
        fail(path, "it could not be read to its end; check the disk");
    return bytes;
}

/// The JSON text; refuses a length that the file does not hold, before any memory is reserved for it.
std::string_view header_text(const std::filesystem::path& path, std::span<const std::byte> bytes) {
    std::uint64_t length = 0;
    if (bytes.size() < sizeof length)
        fail_as_damaged(path, "it has only " + std::to_string(bytes.size()) + " bytes");
    std::memcpy(&length, bytes.data(), sizeof length);
    if (length > largest_header || length > bytes.size() - sizeof length)
        fail_as_damaged(path, "its header claims " + std::to_string(length) + " bytes, but the file has " +
                                  std::to_string(bytes.size()) + " and a header at most " +
                                  std::to_string(largest_header));
    return {reinterpret_cast<const char*>(bytes.data()) + sizeof length, static_cast<std::size_t>(length)};
}

json parse_header(const std::filesystem::path& path, std::string_view text) {
    std::set<std::string> names;
    std::string repeated;
    const auto watch_names = [&](int depth, json::parse_event_t event, json& parsed) {
        if (event == json::parse_event_t::key && depth == 1) {
            const auto name = parsed.get<std::string>();
            if (!names.insert(name).second)
                repeated = name;
        }
        return true;
    };
    json header;
    try {
        header = json::parse(text, watch_names);
    } catch (const json::exception& error) {
        fail_as_damaged(path, std::string("its header is not valid JSON (") + error.what() + ")");
    }
    if (!header.is_object())
        fail_as_damaged(path, "its header is not a JSON object");
    if (!repeated.empty())
        fail_as_damaged(path, "it names the tensor '" + repeated + "' twice");
    return header;
}

std::uint64_t unsigned_number(const json& value) {
    if (!value.is_number_unsigned())
        throw Error("a number is negative, not whole or no number at all");
    return value.get<std::uint64_t>();
}

Entry parse_entry(const std::string& name, const json& value) {
    Entry entry{name, {}};
    const auto& dtype = value.at("dtype").get_ref<const std::string&>();
    if (dtype != "F32")
        throw Error("its dtype is " + dtype + ", but only F32 can be read; convert it to float32");
    std::vector<std::size_t> extents;
    for (const json& extent : value.at("shape"))
        extents.push_back(unsigned_number(extent));
    entry.shape = Shape(extents);
    const json& offsets = value.at("data_offsets");
    if (offsets.size() != 2)
        throw Error("data_offsets does not have two entries");
    entry.begin = unsigned_number(offsets.at(0));
    entry.end = unsigned_number(offsets.at(1));
    if (entry.begin > entry.end || entry.end - entry.begin != entry.shape.size() * sizeof(float))
        throw Error("shape " + to_string(entry.shape) + " does not fit data_offsets [" +
                    std::to_string(entry.begin) + ", " + std::to_string(entry.end) + "]");
    return entry;
}

/// The tensors in the order of their data, which must lie side by side and fill the file.
std::vector<Entry> parse_entries(const std::filesystem::path& path, const json& header,
                                 std::size_t data_size) {
    std::vector<Entry> entries;
    for (const auto& [name, value] : header.items()) {
        if (name == "__metadata__")
            continue;
        try {
            entries.push_back(parse_entry(name, value));
        } catch (const std::exception& error) {
            fail(path, "tensor '" + name + "': " + error.what());
        }
    }
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
        return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
    });
    std::uint64_t expected = 0;
    for (const Entry& entry : entries) {
        if (entry.begin != expected)
            fail_as_damaged(path, "tensor '" + entry.name + "' begins at byte " +
                                      std::to_string(entry.begin) +
                                      " of the data, but the one before ends at " + std::to_string(expected));
        expected = entry.end;
    }
    if (expected != data_size)
        fail_as_damaged(path, "its header describes " + std::to_string(expected) +
                                  " bytes of data, but the file holds " + std::to_string(data_size));
    return entries;
}

std::string metadata_text(const std::filesystem::path& path, const json& header, const char* key) {
    const auto metadata = header.find("__metadata__");
    if (metadata == header.end())
        return {};
    if (!metadata->is_object())
        fail_as_damaged(path, "its __metadata__ is not a JSON object");
    const auto value = metadata->find(key);
    if (value == metadata->end())
        return {};
    if (!value->is_string())
        fail_as_damaged(path, std::string("its metadata '") + key + "' is not a text");
    return value->get<std::string>();
}

/// Checks what only our own files have; files of other programs pass.
void check_metadata(const std::filesystem::path& path, const json& header, std::span<const std::byte> data) {
    if (metadata_text(path, header, "format") != "timeloom")
        return;
    const std::string version = metadata_text(path, header, "format_version");
    if (version != "1")
        fail(path,
             "its format version is '" + version + "', but this program reads version 1; update timeloom");
    if (metadata_text(path, header, "crc32") != std::to_string(crc32(data)))
        fail_as_damaged(path, "the checksum of its data is wrong");
}

} // namespace

WeightsFile load_weights(const std::filesystem::path& path) {
    const std::vector<std::byte> bytes = read_file(path);
    const std::string_view text = header_text(path, bytes);
    const std::span<const std::byte> data = std::span(bytes).subspan(sizeof(std::uint64_t) + text.size());
    const json header = parse_header(path, text);
    const std::vector<Entry> entries = parse_entries(path, header, data.size());
    check_metadata(path, header, data);

    WeightsFile result{metadata_text(path, header, "model"), {}};
    if (header.contains("__metadata__"))
        for (const auto& [key, value] : header["__metadata__"].items())
            if (key != "format" && key != "format_version" && key != "model" && key != "crc32")
                result.metadata[key] = metadata_text(path, header, key.c_str());
    for (const Entry& entry : entries) {
        NamedTensor& loaded = result.tensors.emplace_back(NamedTensor{entry.name, Tensor(entry.shape)});
        if (loaded.tensor.size() != 0)
            std::memcpy(loaded.tensor.data(), data.data() + entry.begin,
                        loaded.tensor.size() * sizeof(float));
    }
    return result;
}

} // namespace timeloom
