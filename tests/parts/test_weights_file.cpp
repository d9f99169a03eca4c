// Weights files: round trip, the safetensors layout, and every way in which a file can be wrong.
#include "../support/temporary_folder.hpp"
#include "timeloom/runtime/base/crc32.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/simd/random.hpp"
#include "timeloom/runtime/weights/weights_file.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <rapidcheck.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <limits>

using Catch::Matchers::Contains;
using nlohmann::json;
using timeloom::load_weights;
using timeloom::NamedValues;
using timeloom::Shape;

namespace {

std::string file_of(const std::string& header, const std::string& data) {
    const std::uint64_t length = header.size();
    return std::string(reinterpret_cast<const char*>(&length), 8) + header + data;
}

json entry(std::vector<std::uint64_t> shape, std::uint64_t begin, std::uint64_t end) {
    return {{"dtype", "F32"}, {"shape", shape}, {"data_offsets", {begin, end}}};
}

const std::vector<float> kernel{1, 2, 3, 4, 5, 6}, bias{-1, std::numeric_limits<float>::infinity()};
const std::vector<NamedValues> example{{"lstm/kernel", Shape{3, 2}, kernel}, {"lstm/bias", Shape{2}, bias}};

} // namespace

TEST_CASE("CRC-32 of the usual check text") {
    const std::string text = "123456789";
    const auto bytes = std::as_bytes(std::span(text));
    CHECK(timeloom::crc32(bytes) == 0xCBF43926);
    for (std::size_t cut = 0; cut <= text.size(); ++cut)
        CHECK(timeloom::crc32(bytes.subspan(cut), timeloom::crc32(bytes.first(cut))) == 0xCBF43926);
}

TEST_CASE("what is saved is loaded, bit for bit, and nothing else is left in the folder") {
    const timeloom::TemporaryFolder folder;
    const auto path = folder.path() / "weights.safetensors";
    rc::check([&](const std::vector<std::vector<float>>& arrays, const std::string& model_bytes) {
        std::string model;
        for (const char c : model_bytes)
            model += static_cast<char>(c & 0x7f); // ASCII, so UTF-8
        std::vector<NamedValues> saved;
        for (std::size_t i = 0; i < arrays.size(); ++i)
            saved.push_back({"tensor " + std::to_string(i), Shape{arrays[i].size()}, arrays[i]});
        timeloom::save_weights(path, model, saved);
        const timeloom::WeightsFile loaded = load_weights(path);
        RC_ASSERT(loaded.model == model);
        RC_ASSERT(loaded.tensors.size() == arrays.size());
        for (const timeloom::NamedTensor& tensor : loaded.tensors) {
            const auto i = static_cast<std::size_t>(std::stoul(tensor.name.substr(7)));
            RC_ASSERT(tensor.tensor.shape() == Shape{arrays[i].size()});
            RC_ASSERT(std::ranges::equal(std::as_bytes(tensor.tensor.values()),
                                         std::as_bytes(std::span(arrays[i]))));
        }
    });
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("the layout is that of safetensors") {
    const timeloom::TemporaryFolder folder;
    const auto path = folder.path() / "weights.safetensors";
    timeloom::save_weights(path, "demo", example);
    const std::string bytes = timeloom::read_whole_file(path);
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data(), 8);
    REQUIRE(bytes.size() == 8 + length + 32);
    CHECK(length % 8 == 0);
    const json header = json::parse(bytes.substr(8, length));
    CHECK(header.at("lstm/kernel") == entry({3, 2}, 0, 24));
    CHECK(header.at("lstm/bias") == entry({2}, 24, 32));
    CHECK(header.at("__metadata__").at("model") == "demo");
    for (const auto& [key, value] : header.at("__metadata__").items())
        CHECK(value.is_string());
    CHECK(std::memcmp(bytes.data() + 8 + length, kernel.data(), 24) == 0);
}

TEST_CASE("files of other programs, with tensors in any order, are read") {
    const timeloom::TemporaryFolder folder;
    const std::string data(reinterpret_cast<const char*>(kernel.data()), 24);
    const json header{{"a", entry({2}, 16, 24)}, {"b", entry({2, 2}, 0, 16)}};
    const auto loaded = load_weights(folder.write("other", file_of(header.dump(), data)));
    CHECK(loaded.model.empty());
    REQUIRE(loaded.tensors.size() == 2);
    CHECK(loaded.tensors[0].name == "b");
    CHECK(loaded.tensors[1].tensor(1) == 6.0f);
    CHECK(load_weights(folder.write("none", file_of("{}", ""))).tensors.empty());
}

TEST_CASE("a file cut short or changed anywhere in its data is refused") {
    const timeloom::TemporaryFolder folder;
    const auto path = folder.path() / "weights.safetensors";
    timeloom::save_weights(path, "demo", example);
    const std::string bytes = timeloom::read_whole_file(path);
    for (std::size_t size = 0; size < bytes.size(); ++size)
        REQUIRE_THROWS_AS(load_weights(folder.write("cut", bytes.substr(0, size))), timeloom::Error);
    CHECK_THROWS_AS(load_weights(folder.write("long", bytes + "x")), timeloom::Error);
    for (std::size_t i = bytes.size() - 32; i < bytes.size(); ++i) {
        std::string changed = bytes;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        REQUIRE_THROWS_WITH(load_weights(folder.write("changed", changed)), Contains("checksum"));
    }
    // A change in the header may leave a valid file, such as one with another name; it must never crash.
    for (std::size_t i = 0; i < bytes.size() - 32; ++i)
        for (const int bit : {1, 2, 16, 128}) {
            std::string changed = bytes;
            changed[i] = static_cast<char>(changed[i] ^ bit);
            try {
                load_weights(folder.write("changed", changed));
            } catch (const timeloom::Error&) {
            }
        }
}

TEST_CASE("malformed headers are refused with a reason") {
    const timeloom::TemporaryFolder folder;
    const auto why = [&](const std::string& header, std::size_t data_size) -> std::string {
        try {
            load_weights(folder.write("bad", file_of(header, std::string(data_size, '\0'))));
        } catch (const timeloom::Error& error) {
            CHECK_THAT(error.what(), Contains((folder.path() / "bad").string()));
            return error.what();
        }
        return "accepted";
    };
    CHECK_THAT(why("{", 0), Contains("not valid JSON"));
    CHECK_THAT(why("\xff\xfe", 0), Contains("not valid JSON"));
    CHECK_THAT(why("[1]", 0), Contains("not a JSON object"));
    CHECK_THAT(why(std::string(200'000, '['), 0), Contains("not valid JSON"));
    CHECK_THAT(why(json{{"a", entry({2}, 0, 8)}, {"b", entry({2}, 4, 12)}}.dump(), 12),
               Contains("begins at byte 4"));
    CHECK_THAT(why(json{{"a", entry({2}, 0, 8)}, {"b", entry({2}, 12, 20)}}.dump(), 20),
               Contains("begins at byte 12"));
    CHECK_THAT(why(json{{"a", entry({2}, 0, 8)}}.dump(), 4), Contains("describes 8 bytes"));
    CHECK_THAT(why(json{{"a", entry({3}, 0, 8)}}.dump(), 8), Contains("does not fit"));
    CHECK_THAT(why(json{{"a", entry({2}, 8, 0)}}.dump(), 8), Contains("does not fit"));
    CHECK_THAT(why(json{{"a", entry({1ull << 62, 1ull << 62}, 0, 0)}}.dump(), 0),
               Contains("too many values"));
    CHECK_THAT(why(R"({"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}})", 4), Contains("F16"));
    CHECK_THAT(why(R"({"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,4]}})", 4), Contains("negative"));
    CHECK_THAT(why(R"({"a":{"dtype":"F32","shape":"x","data_offsets":[0,4]}})", 4), Contains("'a'"));
    CHECK_THAT(why(R"({"a":{"dtype":"F32","shape":[1]}})", 4), Contains("data_offsets"));
    CHECK_THAT(why(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}})", 4), Contains("two entries"));
    CHECK_THAT(why(R"({"a":3})", 0), Contains("'a'"));
    CHECK_THAT(why(R"({"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},)"
                   R"("a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}})",
                   0),
               Contains("twice"));
    CHECK_THAT(why(R"({"__metadata__":3})", 0), Contains("__metadata__"));
    CHECK_THAT(why(R"({"__metadata__":{"format":"timeloom","format_version":"3"}})", 0),
               Contains("version is '3'"));

    const std::string huge = std::string("\xff\xff\xff\xff\xff\xff\xff\x7f", 8) + "{}";
    CHECK_THROWS_WITH(load_weights(folder.write("huge", huge)), Contains("header claims"));
    CHECK_THROWS_WITH(load_weights(folder.path() / "missing"), Contains("cannot be opened"));
    CHECK_THROWS_WITH(load_weights(folder.path()), Contains("cannot be opened"));
}

TEST_CASE("any one bit that flips is noticed, in the header too") {
    const timeloom::TemporaryFolder folder;
    const auto path = folder.path() / "weights.safetensors";
    timeloom::save_weights(path, "demo", example, {{"note", "text"}});
    const std::string bytes = timeloom::read_whole_file(path);
    for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
        std::string changed = bytes;
        changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
        CAPTURE(bit);
        REQUIRE_THROWS_AS(load_weights(folder.write("changed", changed)), timeloom::Error);
    }
}

TEST_CASE("files of version 1, with a checksum of the data alone, are read") {
    const timeloom::TemporaryFolder folder;
    const std::string data(reinterpret_cast<const char*>(kernel.data()), 24);
    const auto file_with = [&](std::uint32_t checksum) {
        const json header{{"__metadata__",
                           {{"format", "timeloom"},
                            {"format_version", "1"},
                            {"model", "demo"},
                            {"crc32", std::to_string(checksum)},
                            {"note", "text"}}},
                          {"a", entry({6}, 0, 24)}};
        return folder.write("old", file_of(header.dump(), data));
    };
    const std::uint32_t checksum = timeloom::crc32(std::as_bytes(std::span(data)));
    const timeloom::WeightsFile loaded = load_weights(file_with(checksum));
    CHECK(loaded.model == "demo");
    CHECK(loaded.metadata == timeloom::FileMetadata{{"note", "text"}});
    CHECK(loaded.tensors.at(0).tensor(5) == 6.0f);
    CHECK_THROWS_WITH(load_weights(file_with(checksum + 1)), Contains("checksum"));
}

TEST_CASE("many tensors and odd names are loaded in the time that the bytes take") {
    const timeloom::TemporaryFolder folder;
    const auto path = folder.path() / "weights.safetensors";
    std::vector<NamedValues> tensors;
    for (std::size_t i = 0; i < 40'000; ++i)
        tensors.push_back({"layer/" + std::to_string(i * 7919 % 40'000) + "/kernel", Shape{2}, bias});
    for (const char* odd :
         {"", " ", "\"", "\\", "a\nb\t", "{\"dtype\":\"F32\"}", "\xF0\x9F\x98\x80", "\x7f", "[", "null"})
        tensors.push_back({odd, Shape{}, std::span(bias).first(1)});
    tensors.push_back({std::string("nul\0", 4), Shape{0, 3}, {}});
    timeloom::save_weights(path, "\x01 model", tensors, {{"", ""}, {"a\"b", "\xC3\xA9"}});
    const auto begin = std::chrono::steady_clock::now();
    const timeloom::WeightsFile loaded = load_weights(path);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(2)); // 0.1 s; 10 s where quadratic
    REQUIRE(loaded.tensors.size() == tensors.size());
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        const auto at = std::ranges::find(tensors, loaded.tensors[i].name, &NamedValues::name);
        if (i % 997 == 0 || i >= 40'000) {
            REQUIRE(at != tensors.end());
            CHECK(loaded.tensors[i].tensor.shape() == at->shape);
        }
        i += i < 39'000 ? 996 : 0;
    }
    CHECK(loaded.model == "\x01 model");
    CHECK(loaded.metadata.at("a\"b") == "\xC3\xA9");
}

TEST_CASE("what cannot be saved is refused and leaves the old file") {
    const timeloom::TemporaryFolder folder;
    const auto path = folder.path() / "weights.safetensors";
    timeloom::save_weights(path, "demo", example);
    const std::string before = timeloom::read_whole_file(path);
    const std::vector<NamedValues> twice{example[0], example[0]},
        reserved{{"__metadata__", Shape{6}, kernel}}, wrong_size{{"a", Shape{5}, kernel}},
        not_utf8{{"\xff", Shape{6}, kernel}};
    for (const auto& tensors : {twice, reserved, wrong_size, not_utf8})
        CHECK_THROWS_AS(timeloom::save_weights(path, "demo", tensors), timeloom::Error);
    for (const char* own : {"crc32", "format", "format_version", "model"})
        CHECK_THROWS_WITH(timeloom::save_weights(path, "demo", example, {{own, "mine"}}), Contains(own));
    CHECK_THROWS_WITH(timeloom::save_weights(path, "\xff", example), Contains("UTF-8"));
    // A header that safetensors would not read.
    const std::vector<NamedValues> long_name{{std::string(100'000'000, 'n'), Shape{6}, kernel}};
    CHECK_THROWS_WITH(timeloom::save_weights(path, "demo", long_name),
                      Contains("the format allows 100000000"));
    CHECK(timeloom::read_whole_file(path) == before);
    CHECK_THROWS_WITH(timeloom::save_weights(folder.path() / "no" / "folder", "demo", example),
                      Contains("folder"));
}
