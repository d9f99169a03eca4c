// Allocations that fail while files are saved and loaded: success or an Error, and the old content stays.
#include "failing_allocations.hpp"
#include "file_cases.hpp"

#include "timeloom/tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

namespace fs = std::filesystem;

namespace timeloom::tests {

TEST_CASE("a save without memory is an Error and keeps the old file") {
    for (const SavedFile& file : saved_files()) {
        const TemporaryFolder folder;
        const fs::path path = folder.path() / file.name;
        file.save(path, 1);
        const std::string renewed = file.load(path);
        file.save(path, 0);
        const std::string old = file.load(path);
        const int injected = fail_each_allocation(
            [&] { file.save(path, 1); },
            [&](bool failed, int at) {
                CAPTURE(file.name, at);
                const std::string kept = file.load(path);
                const bool is_log = file.name == "log.csv"; // which keeps the lines that it has
                REQUIRE((kept == (failed ? old : renewed) || (is_log && renewed.starts_with(kept))));
                if (!failed) {
                    file.save(path, 0);
                }
            });
        CHECK(injected > 10);
        CHECK(std::distance(fs::directory_iterator(folder.path()), {}) == 1);
    }
}

TEST_CASE("a load without memory is an Error and changes nothing") {
    for (const SavedFile& file : saved_files()) {
        if (file.name == "text" || file.name == "picture.svg") {
            continue;
        }
        const TemporaryFolder folder;
        const fs::path path = folder.path() / file.name, other = folder.path() / "other";
        file.save(path, 1);
        file.save(other, 0);
        const std::string content = file.load(path), before = file.load(other);
        std::string loaded;
        const int injected = fail_each_allocation([&] { loaded = file.load(path); },
                                                  [&](bool failed, int at) {
                                                      CAPTURE(file.name, at);
                                                      if (!failed) {
                                                          REQUIRE(loaded == content);
                                                      } else if (file.current) {
                                                          REQUIRE(file.current() == before);
                                                      }
                                                      file.load(other);
                                                  });
        CHECK(injected > 10);
    }
    for (const ReadFile& file : read_files()) {
        const TemporaryFolder folder;
        const fs::path path = folder.write(file.name, file.content);
        const std::string content = file.load(path);
        std::string loaded;
        fail_each_allocation([&] { loaded = file.load(path); },
                             [&](bool failed, int at) {
                                 CAPTURE(file.name, at);
                                 REQUIRE((failed || loaded == content));
                             });
    }
}

} // namespace timeloom::tests
