// Every kind of file that the library writes or reads, with two contents each.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace timeloom::tests {

/// A file that is saved: version 0 or 1.
struct SavedFile {
    std::string name; ///< with the extension that it needs
    std::function<void(const std::filesystem::path&, int version)> save;
    /// What is in it, to be compared. Throws Error.
    std::function<std::string(const std::filesystem::path&)> load;
    /// Where loading changes a model: what is in it now.
    std::function<std::string()> current{};
};
const std::vector<SavedFile>& saved_files();

/// A file that is only read.
struct ReadFile {
    std::string name;
    std::string content;
    std::function<std::string(const std::filesystem::path&)> load;
};
const std::vector<ReadFile>& read_files();

} // namespace timeloom::tests
