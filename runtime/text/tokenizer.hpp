// Turns texts into sequences of word indices, as Keras's Tokenizer does.
#pragma once

#include "timeloom/runtime/tensors/token_matrix.hpp"
#include "timeloom/runtime/text/word_splitter.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace timeloom {

/// The index layout of keras.datasets.imdb.load_data: each sequence begins with `start_char`, unknown and
/// rare words become `oov_char`, and a word of rank r (from 1) becomes r + index_from. An empty option leaves
/// that index out.
struct ReservedIndices {
    std::optional<std::int32_t> start_char = 1;
    std::optional<std::int32_t> oov_char = 2;
    std::int32_t index_from = 3;
};

/// Options with the names and defaults of Keras's Tokenizer, and `reserved_indices`, which excludes
/// `oov_token`. Only indices below `num_words` occur in sequences, counted after the shift by index_from.
struct TokenizerOptions {
    std::optional<std::int32_t> num_words = std::nullopt;
    std::string filters = "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n";
    bool lower = true;
    std::string split = " ";
    bool char_level = false;
    std::optional<std::string> oov_token = std::nullopt;
    std::optional<ReservedIndices> reserved_indices = std::nullopt;
};

/// Learns a vocabulary ranked by frequency, ties in order of first appearance; index 0 is kept for padding
/// and `oov_token` gets index 1. Texts are UTF-8; see WordSplitter for what lower-casing covers.
class Tokenizer {
  public:
    /// Throws Error for options that contradict each other.
    explicit Tokenizer(TokenizerOptions options = {});

    /// Counts the words of more texts and ranks all words seen so far anew.
    void fit_on_texts(std::span<const std::string> texts);

    /// One sequence of indices per text; words without an index are dropped unless an out-of-vocabulary index
    /// is set.
    TokenSequences texts_to_sequences(std::span<const std::string> texts) const;

    /// The word's rank from 1 (before any shift by index_from), or nothing for an unknown word.
    std::optional<std::int32_t> word_index(std::string_view word) const;

    /// The word of that rank, or nothing; valid until the next call of fit_on_texts.
    std::optional<std::string_view> index_word(std::int32_t index) const;

    /// How often the word occurred in the fitted texts; 0 for an unknown word.
    std::int64_t word_counts(std::string_view word) const;

    /// The number of distinct words in the fitted texts.
    std::size_t word_count() const { return words_.size(); }

    /// The number of fitted texts.
    std::int64_t document_count() const { return document_count_; }

    /// Larger than every index in a sequence, and num_words once that many are known: an Embedding's
    /// input_dim.
    std::int32_t input_dim() const;

    const TokenizerOptions& options() const { return options_; }

    /// Writes options and counts as JSON with a checksum in one atomic step. Throws Error if the file cannot
    /// be written or a word is not UTF-8.
    void save(const std::filesystem::path& path) const;

    /// Reads what save wrote, also before it wrote checksums. Throws Error, naming the file and the place in
    /// it, if it is missing, no regular file, or damaged.
    static Tokenizer load(const std::filesystem::path& path);

  private:
    struct Word {
        std::string text;
        std::int64_t count;
        std::int32_t index;
    };

    // Takes string_view keys for lookup. Not noexcept, so that libstdc++ stores the hashes next to the keys.
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };

    const Word* find(std::string_view word) const;
    void count(std::string_view word, std::int64_t times);
    void rank_words();
    std::optional<std::int32_t> unknown_index() const;

    TokenizerOptions options_;
    WordSplitter splitter_;
    std::int64_t document_count_ = 0;
    std::vector<Word> words_;          // in order of first appearance
    std::vector<std::size_t> by_rank_; ///< positions in words_
    std::unordered_map<std::string, std::size_t, TextHash, std::equal_to<>> positions_;
};

} // namespace timeloom
