// Splits UTF-8 text into words or characters, as Keras's text_to_word_sequence does.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace timeloom {

/// How a text is cut: every character of `filters` becomes `split`, after lower-casing; with `char_level` the
/// pieces are the characters themselves, and nothing is filtered.
struct SplitOptions {
    std::string filters{};
    bool lower = true;
    std::string split{};
    bool char_level = false;
};

/// Lower-cases A-Z and the capitals of Latin-1, Latin Extended-A, Greek and Cyrillic that have one two-byte
/// small letter; Python's str.lower also covers other alphabets, the final sigma and the dotted capital I.
/// Bytes that are not UTF-8 pass unchanged, each as a character of its own.
class WordSplitter {
  public:
    /// Throws Error if `split` is empty while words are wanted.
    explicit WordSplitter(SplitOptions options);

    /// Calls visit(std::string_view) for each non-empty piece of `text`; the views point into `scratch`.
    template <class Visit>
    void for_each(std::string_view text, std::string& scratch, Visit visit) const {
        normalise(text, scratch);
        const std::string_view normalised = scratch;
        std::size_t begin = 0;
        while (begin < normalised.size()) {
            const std::size_t end = piece_end(normalised, begin);
            if (end > begin) {
                visit(normalised.substr(begin, end - begin));
            }
            begin = end + gap_;
        }
    }

  private:
    void normalise(std::string_view text, std::string& scratch) const;
    std::size_t normalise_wide(std::string_view text, std::size_t position, std::string& scratch) const;
    std::size_t piece_end(std::string_view normalised, std::size_t begin) const;

    SplitOptions options_;
    std::size_t gap_;                        // bytes between two pieces
    std::array<bool, 128> filtered_{};       // ASCII characters to replace by split
    std::vector<std::string> wide_filtered_; ///< the other characters to replace
};

} // namespace timeloom
