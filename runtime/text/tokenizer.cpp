// Implements Tokenizer's counting, ranking and lookup; tokenizer_file.cpp has save and load.
#include "timeloom/runtime/text/tokenizer.hpp"

#include "timeloom/runtime/base/as_error.hpp"
#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace timeloom {

namespace {

void check_reserved(const ReservedIndices& reserved) {
    const auto outside = [&](std::optional<std::int32_t> index) {
        return index && (*index < 0 || *index > reserved.index_from);
    };
    constexpr std::int32_t most_index_from = 1'000'000'000; // so that words' indices stay within 32 bits
    if (reserved.index_from > most_index_from) {
        throw Error("the tokenizer's index_from is " + std::to_string(reserved.index_from) +
                    "; give at most " + std::to_string(most_index_from));
    }
    if (reserved.index_from < 0 || outside(reserved.start_char) || outside(reserved.oov_char)) {
        throw Error("the tokenizer's start_char and oov_char must lie in 0..index_from, here 0.." +
                    std::to_string(reserved.index_from) + ", or they would collide with words");
    }
}

TokenizerOptions checked(TokenizerOptions options) {
    if (options.num_words && *options.num_words < 1) {
        throw Error("the tokenizer's num_words is " + std::to_string(*options.num_words) +
                    "; give a positive number, or leave it out to keep every word");
    }
    if (options.reserved_indices) {
        if (options.oov_token) {
            throw Error(
                "the tokenizer has both an oov_token and reserved_indices; choose one of them to mark "
                "out-of-vocabulary words");
        }
        check_reserved(*options.reserved_indices);
    }
    return options;
}

} // namespace

Tokenizer::Tokenizer(TokenizerOptions options)
    : options_(checked(std::move(options))),
      splitter_({options_.filters, options_.lower, options_.split, options_.char_level}) {}

void Tokenizer::fit_on_texts(std::span<const std::string> texts) {
    as_error("Tokenizer::fit_on_texts", [&] {
        std::string scratch;
        for (const std::string& text : texts) {
            ++document_count_;
            splitter_.for_each(text, scratch, [this](std::string_view word) { count(word, 1); });
        }
        rank_words();
    });
}

TokenSequences Tokenizer::texts_to_sequences(std::span<const std::string> texts) const {
    return as_error("Tokenizer::texts_to_sequences", [&] {
        const auto& reserved = options_.reserved_indices;
        const std::int32_t shift = reserved ? reserved->index_from : 0;
        const auto unknown = unknown_index();
        TokenSequences sequences;
        sequences.reserve(texts.size());
        std::string scratch;
        for (const std::string& text : texts) {
            auto& sequence = sequences.emplace_back();
            if (reserved && reserved->start_char) {
                sequence.push_back(*reserved->start_char);
            }
            splitter_.for_each(text, scratch, [&](std::string_view piece) {
                const Word* word = find(piece);
                if (word && (!options_.num_words || word->index + shift < *options_.num_words)) {
                    sequence.push_back(word->index + shift);
                } else if (unknown) {
                    sequence.push_back(*unknown);
                }
            });
        }
        return sequences;
    });
}

std::optional<std::int32_t> Tokenizer::word_index(std::string_view word) const {
    if (const Word* known = find(word)) {
        return known->index;
    }
    return options_.oov_token == word ? std::optional<std::int32_t>(1) : std::nullopt;
}

std::optional<std::string_view> Tokenizer::index_word(std::int32_t index) const {
    const std::int32_t first = options_.oov_token ? 2 : 1;
    if (index >= first && static_cast<std::size_t>(index - first) < by_rank_.size()) {
        return words_[by_rank_[static_cast<std::size_t>(index - first)]].text;
    }
    // An oov_token that the texts contain has the index of its rank instead, as in Keras.
    if (index == 1 && options_.oov_token && !find(*options_.oov_token)) {
        return *options_.oov_token;
    }
    return std::nullopt;
}

std::int64_t Tokenizer::word_counts(std::string_view word) const {
    const Word* known = find(word);
    return known ? known->count : 0;
}

std::int32_t Tokenizer::input_dim() const {
    const auto& reserved = options_.reserved_indices;
    std::int32_t last = static_cast<std::int32_t>(words_.size());
    last += reserved ? reserved->index_from : options_.oov_token ? 1 : 0;
    last = options_.num_words ? std::min(last, *options_.num_words - 1) : last;
    const std::int32_t start = reserved ? reserved->start_char.value_or(0) : 0;
    return 1 + std::max({last, start, unknown_index().value_or(0)});
}

const Tokenizer::Word* Tokenizer::find(std::string_view word) const {
    const auto found = positions_.find(word);
    return found == positions_.end() ? nullptr : &words_[found->second];
}

void Tokenizer::count(std::string_view word, std::int64_t times) {
    const auto found = positions_.find(word);
    if (found != positions_.end()) {
        words_[found->second].count += times;
        return;
    }
    words_.push_back({std::string(word), times, 0});
    try {
        positions_.emplace(word, words_.size() - 1);
    } catch (...) { // a word without a position would be counted twice
        words_.pop_back();
        throw;
    }
}

void Tokenizer::rank_words() {
    by_rank_.resize(words_.size());
    std::iota(by_rank_.begin(), by_rank_.end(), std::size_t{0});
    std::stable_sort(by_rank_.begin(), by_rank_.end(),
                     [this](std::size_t a, std::size_t b) { return words_[a].count > words_[b].count; });
    std::int32_t index = options_.oov_token ? 2 : 1;
    for (const std::size_t position : by_rank_) {
        words_[position].index = index++;
    }
}

std::optional<std::int32_t> Tokenizer::unknown_index() const {
    if (options_.reserved_indices) {
        return options_.reserved_indices->oov_char;
    }
    return options_.oov_token ? word_index(*options_.oov_token) : std::nullopt;
}

} // namespace timeloom
