// Tokenizers and splitters with options and texts that nobody should give.
#include "misuse.hpp"

#include "timeloom/runtime/base/crc32.hpp"
#include "timeloom/runtime/files/csv_text.hpp"
#include "timeloom/runtime/text/tokenizer.hpp"
#include "timeloom/runtime/text/word_splitter.hpp"
#include "timeloom/tests/support/temporary_folder.hpp"

namespace timeloom::tests {

namespace {

constexpr std::int32_t least = std::numeric_limits<std::int32_t>::min(),
                       most = std::numeric_limits<std::int32_t>::max();

std::vector<std::string> pieces(const SplitOptions& options, const std::string& text) {
    std::vector<std::string> result;
    std::string scratch;
    WordSplitter(options).for_each(text, scratch,
                                   [&](std::string_view piece) { result.emplace_back(piece); });
    return result;
}

} // namespace

TEST_CASE("options of a tokenizer that contradict each other or make no sense") {
    const auto make = [](const TokenizerOptions& options) {
        return [options] { Tokenizer tokenizer(options); };
    };
    for (const std::int32_t words : {0, -1, least}) {
        refuses("num_words " + std::to_string(words), "num_words", make({.num_words = words}));
    }
    refuses("nothing between words", "split", make({.split = ""}));
    refuses("two ways to mark unknown words", "oov_token",
            make({.oov_token = "?", .reserved_indices = ReservedIndices{}}));
    for (const std::int32_t from : {-1, least, most, 1'000'000'001}) {
        refuses("index_from " + std::to_string(from), "index_from",
                make({.reserved_indices = ReservedIndices{{}, {}, from}}));
    }
    for (const std::int32_t index : {-1, least, 4, most}) {
        refuses("start_char " + std::to_string(index), "start_char",
                make({.reserved_indices = ReservedIndices{index, {}, 3}}));
        refuses("oov_char " + std::to_string(index), "oov_char",
                make({.reserved_indices = ReservedIndices{{}, index, 3}}));
    }
    accepts("the greatest num_words", make({.num_words = most}));
    accepts("the greatest index_from", [] {
        Tokenizer tokenizer({.reserved_indices = ReservedIndices{{}, {}, 1'000'000'000}});
        tokenizer.fit_on_texts(std::vector<std::string>{"a b"});
        CHECK(tokenizer.input_dim() == 1'000'000'003);
        CHECK(tokenizer.texts_to_sequences(std::vector<std::string>{"b"})[0] ==
              std::vector<std::int32_t>{1'000'000'002});
    });
    accepts("characters without a split", make({.split = "", .char_level = true}));
    accepts("filters that are no UTF-8", make({.filters = "\xff\xc3"}));
    accepts("an empty oov_token", make({.oov_token = ""}));
}

TEST_CASE("a tokenizer is asked for words and indices that it does not have") {
    Tokenizer empty, some, with_oov({.oov_token = "?"});
    const std::vector<std::string> texts{"a b a"};
    some.fit_on_texts(texts), with_oov.fit_on_texts(texts);
    for (const std::int32_t index : {0, -1, 3, least, most}) {
        accepts("the word of index " + std::to_string(index), [&] {
            CHECK_FALSE(some.index_word(index));
            CHECK_FALSE(empty.index_word(index));
        });
    }
    for (const std::string_view word : {"", " ", "A", "c", "\xff", "a b"}) {
        accepts("the index of '" + std::string(word) + "'", [&] {
            CHECK_FALSE(some.word_index(word));
            CHECK(some.word_counts(word) == 0);
            CHECK_FALSE(empty.word_index(word));
        });
    }
    accepts("an unknown word with an oov_token", [&] {
        CHECK(with_oov.texts_to_sequences(std::vector<std::string>{"z"})[0] == std::vector<std::int32_t>{1});
        CHECK(with_oov.index_word(1) == "?");
        CHECK_FALSE(with_oov.index_word(0));
    });
    accepts("no texts", [&] {
        some.fit_on_texts({});
        CHECK(some.texts_to_sequences({}).empty());
        CHECK(some.document_count() == 1);
    });
    accepts("a tokenizer that has seen nothing", [&] {
        CHECK(empty.input_dim() == 1);
        CHECK(empty.texts_to_sequences(texts)[0].empty());
    });
    accepts("texts of blanks, NUL, no UTF-8 and a million letters", [&] {
        Tokenizer odd;
        const std::vector<std::string> strange{
            "", "   ", std::string("a\0b", 3), "\xff\xfe \xc3", std::string(1'000'000, 'x'), "\xf0\x9f"};
        odd.fit_on_texts(strange);
        CHECK(odd.texts_to_sequences(strange).size() == 6);
        CHECK(odd.word_index(std::string_view("a\0b", 3)));
    });
}

TEST_CASE("a tokenizer that was moved from, saved to nowhere, or of words that are no UTF-8") {
    const TemporaryFolder folder;
    Tokenizer tokenizer;
    tokenizer.fit_on_texts(std::vector<std::string>{"a b"});
    const Tokenizer other = std::move(tokenizer);
    accepts("words of a tokenizer that was moved from", [&] {
        CHECK_FALSE(tokenizer.index_word(1));
        CHECK_FALSE(tokenizer.word_index("a"));
        CHECK(tokenizer.word_count() == 0);
        CHECK(tokenizer.input_dim() == 1);
        CHECK(tokenizer.texts_to_sequences(std::vector<std::string>{"a"}).size() == 1);
    });
    Tokenizer bytes;
    bytes.fit_on_texts(std::vector<std::string>{"\xff"});
    refuses("a word that is no UTF-8 in a file", "UTF-8", [&] { bytes.save(folder.path() / "words"); });
    refuses("filters that are no UTF-8 in a file", "UTF-8",
            [&] { Tokenizer({.filters = "\xff"}).save(folder.path() / "words"); });
    CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("words are split at odd places") {
    refuses("nothing between words", "split", [] { WordSplitter({.split = ""}); });
    accepts("no text", [] { CHECK(pieces({.split = " "}, "").empty()); });
    accepts("only what is between words", [] { CHECK(pieces({.split = " "}, "    ").empty()); });
    accepts("a split longer than the text",
            [] { CHECK(pieces({.split = "abcdef"}, "abc") == std::vector<std::string>{"abc"}); });
    accepts("a split that overlaps itself",
            [] { CHECK(pieces({.split = "aa"}, "aaab") == std::vector<std::string>{"ab"}); });
    accepts("a split that filters make", [] {
        CHECK(pieces({.filters = "x", .split = "--"}, "axb") == std::vector<std::string>{"a", "b"});
    });
    accepts("half characters", [] {
        CHECK(pieces({.lower = true, .split = " ", .char_level = true}, "\xc3\xc3\x89\xe2\x82").size() == 4);
    });
    accepts("a NUL byte",
            [] { CHECK(pieces({.split = std::string(1, '\0')}, std::string("a\0b", 3)).size() == 2); });
}

TEST_CASE("checksums and cells of nothing and of everything") {
    accepts("a checksum of nothing", [] { CHECK(crc32({}) == 0); });
    accepts("a checksum of nothing more", [] { CHECK(crc32({}, 0xffffffff) == 0xffffffff); });
    accepts("an empty cell", [] { CHECK(csv_cell("").empty()); });
    accepts("a cell with everything", [] { CHECK(csv_cell("a,\"b\"\r\n") == "\"a,\"\"b\"\"\r\n\""); });
    accepts("another separator", [] { CHECK(csv_cell("a;b", ";") == "\"a;b\""); });
    accepts("no separator", [] { CHECK(csv_cell("a,b", "") == "a,b"); });
}

} // namespace timeloom::tests
