// Every reader refuses what is no regular file of a sensible size, at once and with the reason.
#include "file_cases.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/files/input_file.hpp"
#include "timeloom/runtime/files/json_reader.hpp"
#include "timeloom/tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <map>
#include <sys/resource.h>
#include <sys/stat.h>

using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace timeloom::tests {

namespace {

using Load = std::function<std::string(const fs::path&)>;

/// Of all kinds of files that the library reads.
std::vector<std::pair<std::string, Load>> all_readers() {
    std::vector<std::pair<std::string, Load>> readers;
    for (const SavedFile& file : saved_files()) {
        if (file.name != "text" && file.name != "picture.svg") {
            readers.emplace_back(file.name, file.load);
        }
    }
    for (const ReadFile& file : read_files()) {
        readers.emplace_back(file.name, file.load);
    }
    return readers;
}

long peak_kilobytes() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

void refused_at_once(const Load& load, const fs::path& path, const std::string& reason) {
    const auto begin = std::chrono::steady_clock::now();
    const long before = peak_kilobytes();
    CHECK_THROWS_WITH(load(path), Contains(path.string()) && Contains(reason));
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(1));
    CHECK(peak_kilobytes() - before < 64 * 1024);
}

std::string safetensors(const std::string& header) {
    const std::uint64_t length = header.size();
    return std::string(reinterpret_cast<const char*>(&length), 8) + header;
}

} // namespace

TEST_CASE("what is no regular file is refused by every reader, without waiting") {
    const TemporaryFolder folder;
    const fs::path fifo = folder.path() / "fifo";
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    fs::create_symlink(fifo, folder.path() / "link");
    for (const auto& [name, load] : all_readers()) {
        CAPTURE(name);
        refused_at_once(load, folder.path(), "it is a folder");
        refused_at_once(load, fifo, "it is a FIFO");
        refused_at_once(load, folder.path() / "link", "it is a FIFO");
        refused_at_once(load, "/dev/zero", "it is a device");
        refused_at_once(load, "/dev/null", "it is a device");
        refused_at_once(load, folder.path() / "none", "No such file");
        CHECK_THROWS_WITH(load(std::string("a\0b", 3)), Contains("NUL"));
    }
}

TEST_CASE("a sparse file of 60 GB is refused by every reader, at once") {
    const TemporaryFolder folder;
    const fs::path path = folder.write("huge", "x");
    fs::resize_file(path, std::uintmax_t{60} << 30);
    for (const auto& [name, load] : all_readers()) {
        CAPTURE(name);
        refused_at_once(load, path,
                        name.find("weights") != std::string::npos || name == "checkpoint" ? "header"
                                                                                          : "at most");
    }
}

TEST_CASE("a file that says no size, as those of /proc, is refused where it has a content") {
    for (const auto& [name, load] : all_readers()) {
        CAPTURE(name);
        CHECK_THROWS_AS(load("/proc/self/status"), Error);
    }
}

TEST_CASE("values that nest without end need neither memory nor stack") {
    const TemporaryFolder folder;
    const std::string deep(50'000'000, '['), objects = [] {
        std::string text;
        for (int i = 0; i < 1'000'000; ++i) {
            text += "{\"a\":";
        }
        return text;
    }();
    for (const auto& [name, load] : all_readers()) {
        if (name != "weights" && name != "tokenizer" && name != "results") {
            continue;
        }
        for (const std::string& text : {deep, objects}) {
            CAPTURE(name, text.size());
            const fs::path path = folder.write("deep", name == "weights" ? safetensors(text) : text);
            const long before = peak_kilobytes();
            CHECK_THROWS_AS(load(path), Error);
            CHECK(peak_kilobytes() - before < 160 * 1024); // the text, and no tree of it
        }
    }
}

TEST_CASE("a file of another kind says what it is") {
    const TemporaryFolder folder;
    std::map<std::string, fs::path> paths;
    for (const SavedFile& file : saved_files()) {
        paths[file.name] = folder.path() / file.name;
        file.save(paths[file.name], 0);
    }
    std::map<std::string, Load> load;
    for (const auto& [name, reader] : all_readers()) {
        load[name] = reader;
    }
    CHECK_THROWS_WITH(load["results"](paths["weights"]), Contains("a safetensors file of weights"));
    CHECK_THROWS_WITH(load["results"](paths["tokenizer"]), Contains("a tokenizer"));
    CHECK_THROWS_WITH(load["tokenizer"](paths["results"]), Contains("ARIMA results"));
    CHECK_THROWS_WITH(load["tokenizer"](paths["picture.svg"]), Contains("XML"));
    CHECK_THROWS_WITH(load["weights"](folder.write("gz", "\x1f\x8b\x08 and more bytes")),
                      Contains("a gzip file"));
    CHECK_THROWS_WITH(load["csv"](folder.write("utf16", std::string("\xff\xfe"
                                                                    "a\0,\0",
                                                                    6))),
                      Contains("UTF-16"));
    CHECK_THROWS_WITH(load["checkpoint"](paths["model_weights"]), Contains("load_weights"));
}

TEST_CASE("JSON is read strictly") {
    const auto refused = [](const std::string& text, const char* reason) {
        CAPTURE(text);
        detail::JsonReader in(text);
        CHECK_THROWS_WITH((in.skip(), in.end()), Contains(reason));
    };
    for (const char* text :
         {"",         " ",     "nul",     "tru",         "+1",        ".5",       "1.",    "1e",
          "01",       "-",     "[1,]",    "[,1]",        "{\"a\"}",   "{\"a\":}", "{a:1}", "[1",
          "{\"a\":1", "\"abc", "\"\\x\"", "\"\\u12g4\"", "\"\\u12\"", "'a'",      "NaN",   "[1 2]"}) {
        refused(text, "line 1, column ");
    }
    refused("{\"a\":1,\"a\":2}", "'a' comes twice");
    refused("1 2", "follows");
    refused("\"a\nb\"", "control character");
    refused("\"\xff\"", "UTF-8");
    refused("\"\xed\xa0\x80\"", "UTF-8"); // a surrogate
    refused("\"\\ud800x\"", "surrogate");
    refused("[\n[\n 1 2]]", "line 3, column 4");
    const auto text = [](const std::string& json) { return detail::JsonReader(json).string(); };
    CHECK(text("\"\\u00e9\\uD83D\\uDE00\\n\\/\"") == "\xC3\xA9\xF0\x9F\x98\x80\n/");
    CHECK(detail::JsonReader("-12").integer<int>() == -12);
    CHECK(detail::JsonReader(" 18446744073709551615").integer<std::uint64_t>() == UINT64_MAX);
    CHECK_THROWS_AS(detail::JsonReader("-1").integer<std::uint64_t>(), Error);
    CHECK_THROWS_AS(detail::JsonReader("1.0").integer<int>(), Error);
    CHECK_THROWS_AS(detail::JsonReader("2147483648").integer<std::int32_t>(), Error);
    CHECK(detail::JsonReader("1e-3").number() == 1e-3);
    CHECK_THROWS_AS(detail::JsonReader("1e999").number(), Error);
}

} // namespace timeloom::tests
