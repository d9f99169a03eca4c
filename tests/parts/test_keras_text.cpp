// Tests of Tokenizer and pad_sequences against Keras's answers in golden/keras_text.json, and of their
// properties.
#include "../support/golden_file.hpp"

#include "timeloom/runtime/tensors/pad_sequences.hpp"
#include "timeloom/runtime/text/tokenizer.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <rapidcheck.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace timeloom;
using nlohmann::json;
using Texts = std::vector<std::string>;

json keras_cases(const char* section) { return golden::read("keras_text.json").at(section); }

template <class T>
std::optional<T> optional_at(const json& object, const char* key) {
    return !object.contains(key) || object[key].is_null() ? std::nullopt
                                                          : std::optional<T>(object[key].get<T>());
}

TokenizerOptions tokenizer_options(const json& from) {
    TokenizerOptions options;
    options.num_words = optional_at<std::int32_t>(from, "num_words");
    options.filters = from.value("filters", options.filters);
    options.lower = from.value("lower", options.lower);
    options.split = from.value("split", options.split);
    options.char_level = from.value("char_level", options.char_level);
    options.oov_token = optional_at<std::string>(from, "oov_token");
    return options;
}

SequenceEnd sequence_end(const json& options, const char* key) {
    return options.value(key, "pre") == "post" ? SequenceEnd::post : SequenceEnd::pre;
}

std::int32_t largest_index(const TokenSequences& sequences) {
    std::int32_t largest = 0;
    for (const auto& sequence : sequences) {
        largest = std::accumulate(sequence.begin(), sequence.end(), largest,
                                  [](auto a, auto b) { return std::max(a, b); });
    }
    return largest;
}

// A property that fails prints RapidCheck's smallest counterexample.
template <class Property>
void require_property(const std::string& name, Property property) {
    REQUIRE(rc::check(name, property));
}

} // namespace

TEST_CASE("Tokenizer gives Keras's vocabulary and sequences") {
    for (const json& expected : keras_cases("tokenizer")) {
        INFO(expected["name"].get<std::string>());
        Tokenizer tokenizer(tokenizer_options(expected["options"]));
        for (const json& fit : expected["fit_texts"]) {
            tokenizer.fit_on_texts(fit.get<Texts>());
        }
        CHECK(tokenizer.document_count() == expected["document_count"]);
        CHECK(tokenizer.word_count() == expected["word_counts"].size());
        for (const json& pair : expected["word_counts"]) {
            CHECK(tokenizer.word_counts(pair[0].get<std::string>()) == pair[1]);
        }
        for (const json& pair : expected["word_index"]) {
            CHECK(tokenizer.word_index(pair[0].get<std::string>()) == pair[1].get<std::int32_t>());
        }
        for (const json& pair : expected["index_word"]) {
            CHECK(tokenizer.index_word(pair[0].get<std::int32_t>()) == pair[1].get<std::string>());
        }
        const auto sequences = tokenizer.texts_to_sequences(expected["texts"].get<Texts>());
        CHECK(sequences == expected["sequences"].get<TokenSequences>());
        CHECK(largest_index(sequences) < tokenizer.input_dim());
    }
}

TEST_CASE("an unknown word has no index, no count and no text") {
    Tokenizer tokenizer;
    tokenizer.fit_on_texts(Texts{"one two"});
    CHECK(tokenizer.word_index("three") == std::nullopt);
    CHECK(tokenizer.word_counts("three") == 0);
    for (const std::int32_t index : {-1, 0, 3}) {
        CHECK(tokenizer.index_word(index) == std::nullopt);
    }
}

TEST_CASE("a tokenizer with reserved indices gives what keras.datasets.imdb.load_data gives") {
    for (const json& expected : keras_cases("load_data")) {
        INFO(expected["name"].get<std::string>());
        const json& reserved = expected["reserved_indices"];
        TokenizerOptions options;
        options.num_words = expected["num_words"].get<std::int32_t>();
        options.reserved_indices = ReservedIndices{optional_at<std::int32_t>(reserved, "start_char"),
                                                   optional_at<std::int32_t>(reserved, "oov_char"),
                                                   reserved["index_from"].get<std::int32_t>()};
        Tokenizer tokenizer(options);
        const auto texts = expected["texts"].get<Texts>();
        tokenizer.fit_on_texts(texts);
        const auto sequences = tokenizer.texts_to_sequences(texts);
        CHECK(sequences == expected["sequences"].get<TokenSequences>());
        CHECK(largest_index(sequences) < tokenizer.input_dim());
        CHECK(tokenizer.input_dim() <= *options.num_words);
    }
}

TEST_CASE("words that were not fitted become oov_char") {
    Tokenizer tokenizer({.reserved_indices = ReservedIndices{}});
    tokenizer.fit_on_texts(Texts{"known"});
    CHECK(tokenizer.texts_to_sequences(Texts{"unknown known", ""}) == TokenSequences{{1, 2, 4}, {1}});
    CHECK(tokenizer.input_dim() == 5);
}

TEST_CASE("bytes that are not UTF-8 pass unchanged") {
    const Texts texts = {"a\xFF \xC3", "\xE2\x82", "\xF0\x9F\x98"};
    Tokenizer words;
    words.fit_on_texts(texts);
    for (const char* word : {"a\xFF", "\xC3", "\xE2\x82", "\xF0\x9F\x98"}) {
        CHECK(words.word_counts(word) == 1);
    }
    Tokenizer characters({.char_level = true});
    characters.fit_on_texts(texts);
    CHECK(characters.word_count() == 9);
}

TEST_CASE("every token is the index of its word, whatever the bytes") {
    require_property("index_word(texts_to_sequences(text)) counts up to word_counts", [] {
        const auto texts = *rc::gen::container<Texts>(rc::gen::string<std::string>());
        Tokenizer tokenizer({.char_level = *rc::gen::arbitrary<bool>()});
        tokenizer.fit_on_texts(texts);
        std::vector<std::int64_t> counts(tokenizer.word_count() + 1);
        for (const auto& sequence : tokenizer.texts_to_sequences(texts)) {
            for (const std::int32_t token : sequence) {
                ++counts.at(static_cast<std::size_t>(token));
            }
        }
        RC_ASSERT(counts[0] == 0);
        for (std::size_t index = 1; index < counts.size(); ++index) {
            const auto word = tokenizer.index_word(static_cast<std::int32_t>(index));
            RC_ASSERT(word && tokenizer.word_counts(*word) == counts[index]);
            RC_ASSERT(index == 1 || counts[index] <= counts[index - 1]);
        }
    });
}

TEST_CASE("pad_sequences gives Keras's matrices") {
    for (const json& expected : keras_cases("pad_sequences")) {
        const json& from = expected["options"];
        INFO(from.dump());
        PadOptions options;
        options.maxlen = optional_at<std::size_t>(from, "maxlen");
        options.padding = sequence_end(from, "padding");
        options.truncating = sequence_end(from, "truncating");
        options.value = from.value("value", 0);
        const auto matrix = pad_sequences(expected["sequences"].get<TokenSequences>(), options);
        CHECK(matrix == TokenMatrix{expected["rows"].get<std::size_t>(),
                                    expected["columns"].get<std::size_t>(),
                                    expected["values"].get<std::vector<std::int32_t>>()});
    }
}

TEST_CASE("pad_sequences of nothing, and to nothing, is empty") {
    CHECK(pad_sequences({}) == TokenMatrix{});
    CHECK(pad_sequences({}, {.maxlen = 4}) == TokenMatrix{0, 4, {}});
    CHECK(pad_sequences({{1, 2}, {}}, {.maxlen = 0}) == TokenMatrix{2, 0, {}});
}

TEST_CASE("pad_sequences keeps the content and fills the rest") {
    require_property("each row is filling and the kept part of its sequence", [] {
        const auto sequences = *rc::gen::arbitrary<TokenSequences>();
        const auto end = [] { return *rc::gen::element(SequenceEnd::pre, SequenceEnd::post); };
        const auto maxlen = *rc::gen::inRange<std::size_t>(0, 20);
        const PadOptions options{maxlen, end(), end(), *rc::gen::arbitrary<std::int32_t>()};
        const auto matrix = pad_sequences(sequences, options);
        RC_ASSERT(matrix.rows == sequences.size());
        RC_ASSERT(matrix.columns == maxlen);
        RC_ASSERT(matrix.values.size() == matrix.rows * matrix.columns);
        for (std::size_t row = 0; row < matrix.rows; ++row) {
            auto expected = sequences[row];
            while (expected.size() > maxlen) {
                expected.erase(options.truncating == SequenceEnd::pre ? expected.begin()
                                                                      : expected.end() - 1);
            }
            while (expected.size() < maxlen) {
                expected.insert(options.padding == SequenceEnd::pre ? expected.begin() : expected.end(),
                                options.value);
            }
            const auto begin = matrix.values.begin() + static_cast<std::ptrdiff_t>(row * maxlen);
            RC_ASSERT(std::equal(expected.begin(), expected.end(), begin));
        }
    });
}
