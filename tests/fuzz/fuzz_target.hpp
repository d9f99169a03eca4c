// What every fuzz program is made of: one reader, and what must hold for whatever file it is given.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace timeloom::fuzz {

/// One reader of files. Each program defines its own.
struct Target {
    /// All that the file tells, as text. Throws Error for a file that cannot be used.
    std::string (*load)(const std::filesystem::path&);
    /// Loads the file and saves it to the second path, from which the same content must be loaded; null where
    /// nothing saves such files.
    void (*save_again)(const std::filesystem::path&, const std::filesystem::path&) = nullptr;
    /// The bytes with right checksums, so that mutations reach what lies behind them.
    std::string (*repair)(std::string) = nullptr;
    /// True if the file, which loads, has a checksum: then no damaged copy may load with another content.
    bool (*is_protected)(std::string_view) = nullptr;
    std::size_t bytes_of_memory_per_byte = 64;
    double seconds = 1; ///< that loading may take; ten times as many under sanitizers
    /// Files to begin with, beside those of the corpus: where they depend on the model that is compiled in.
    std::vector<std::string> (*more_files)() = nullptr;
};
extern const Target target;

/// Loads the bytes as a file and checks what must hold: a value or an Error with text, within its seconds, in
/// memory bounded by the file's size; the same content when it is saved and loaded again; no other content
/// from a damaged copy. Ends the program, telling what does not hold, after keeping the bytes in a file.
/// Returns whether it loads.
bool check(std::string_view bytes);

/// The bytes with a few random changes, of bytes, ranges and numbers; with checksums repaired half the time.
std::string mutated(std::string bytes, unsigned seed);

} // namespace timeloom::fuzz
