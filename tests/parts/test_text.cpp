// Tests of Tokenizer's saved files, of read_labelled_texts, and of both with input that is wrong.
#include "../support/temporary_folder.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/files/atomic_write.hpp"
#include "timeloom/runtime/text/labelled_text.hpp"
#include "timeloom/runtime/text/tokenizer.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace {

using namespace timeloom;
using Catch::Matchers::Contains;

const std::vector<std::string> texts = {"The film, the film!", "\"Été\" and été\\", "rare"};

template <class Function>
std::string message_of(Function function) {
    try {
        function();
    } catch (const Error& error) {
        return error.what();
    }
    return "no Error was thrown";
}

void require_equal(const Tokenizer& a, const Tokenizer& b) {
    REQUIRE(a.word_count() == b.word_count());
    CHECK(a.document_count() == b.document_count());
    CHECK(a.input_dim() == b.input_dim());
    for (std::int32_t index = 0; index <= static_cast<std::int32_t>(a.word_count()) + 2; ++index) {
        REQUIRE(a.index_word(index) == b.index_word(index));
        if (const auto word = a.index_word(index)) {
            CHECK(a.word_counts(*word) == b.word_counts(*word));
        }
    }
    CHECK(a.texts_to_sequences(texts) == b.texts_to_sequences(texts));
}

std::string load_message(const TemporaryFolder& folder, const std::string& content) {
    const auto path = folder.write("words.json", content);
    return message_of([&] { Tokenizer::load(path); });
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto position = text.find(from);
    REQUIRE(position != std::string::npos);
    return text.replace(position, from.size(), to);
}

} // namespace

TEST_CASE("a saved tokenizer is loaded with the same options and words") {
    const TemporaryFolder folder;
    const std::vector<TokenizerOptions> all_options = {
        {},
        {.num_words = 3, .oov_token = "<OOV>"},
        {.filters = "é", .lower = false, .split = "ab"},
        {.char_level = true},
        {.num_words = 6, .reserved_indices = ReservedIndices{}},
        {.reserved_indices = ReservedIndices{std::nullopt, 0, 2}},
    };
    for (const auto& options : all_options) {
        Tokenizer tokenizer(options);
        tokenizer.fit_on_texts(texts);
        tokenizer.save(folder.path() / "words.json");
        Tokenizer loaded = Tokenizer::load(folder.path() / "words.json");
        require_equal(tokenizer, loaded);

        loaded.save(folder.path() / "again.json");
        CHECK(read_whole_file(folder.path() / "words.json") == read_whole_file(folder.path() / "again.json"));

        // Ties are broken by first appearance, which the file keeps for later fits.
        const std::vector<std::string> more = {"rare and rare", "new"};
        tokenizer.fit_on_texts(more);
        loaded.fit_on_texts(more);
        require_equal(tokenizer, loaded);
    }
}

TEST_CASE("a tokenizer that has seen nothing can be saved") {
    const TemporaryFolder folder;
    Tokenizer().save(folder.path() / "words.json");
    CHECK(Tokenizer::load(folder.path() / "words.json").word_count() == 0);
}

TEST_CASE("a missing tokenizer file is named") {
    const auto message = message_of([] { Tokenizer::load("no/such/words.json"); });
    CHECK_THAT(message, Contains("no/such/words.json") && Contains("cannot be opened"));
}

TEST_CASE("a damaged tokenizer file is refused with the place of the damage") {
    const TemporaryFolder folder;
    const auto path = folder.path() / "words.json";
    Tokenizer tokenizer;
    tokenizer.fit_on_texts(texts);
    tokenizer.save(path);
    const std::string good = read_whole_file(path);

    const auto damaged = [&](const std::string& from, const std::string& to) {
        const auto message = load_message(folder, replaced(good, from, to));
        CHECK_THAT(message, Contains("words.json' is damaged") && Contains("write it again"));
        return message;
    };
    CHECK_THAT(damaged("\"the\",2", "\"the\",-2"), Contains("words[0]") && Contains("positive count"));
    CHECK_THAT(damaged("\"the\",2", "\"the\",2.5"), Contains("words[0][1]") && Contains("integer"));
    CHECK_THAT(damaged("\"the\",2", "\"the\",99999999999999999999"), Contains("words[0][1]"));
    CHECK_THAT(damaged("\"film\",2", "7,2"), Contains("words[1][0]") && Contains("string"));
    CHECK_THAT(damaged("\"film\",2", "\"film\""), Contains("words[1]") && Contains("pair"));
    CHECK_THAT(damaged("\"film\",2", "\"the\",2"), Contains("'the'") && Contains("twice"));
    CHECK_THAT(damaged("\"lower\":true", "\"lower\":1"), Contains("lower"));
    CHECK_THAT(damaged("\"num_words\":null", "\"num_words\":0"), Contains("num_words"));
    CHECK_THAT(damaged("\"split\"", "\"splits\""), Contains("split is missing"));
    CHECK_THAT(damaged("\"document_count\":3", "\"document_count\":-3"), Contains("document_count"));
    CHECK_THAT(damaged("timeloom tokenizer", "something else"), Contains("format"));
    CHECK_THAT(damaged("\"version\":2", "\"version\":3"), Contains("version is 3"));
    CHECK_THAT(damaged("\"version\":2", "\"version\":1"), Contains("version is 1"));
    CHECK_THAT(damaged("\"words\":[", "\"words\":null,\"were\":["), Contains("words is not an array"));
    CHECK_THAT(damaged("\"words\":", "\"words\""), Contains("line 1, column"));
}

TEST_CASE("a tokenizer file nests one tokenizer, and nothing stands beside it") {
    const TemporaryFolder folder;
    Tokenizer().save(folder.path() / "words.json");
    const std::string good = read_whole_file(folder.path() / "words.json");
    const std::string member = "\"tokenizer\":{";

    const std::string twice = replaced(good, member, member + member) + "}";
    CHECK_THAT(load_message(folder, twice), Contains("is damaged: options is missing"));
    const std::string empty_within = replaced(good, member, member + "\"tokenizer\":{},");
    CHECK_THAT(load_message(folder, empty_within), Contains("is damaged: its checksum does not match"));
    const std::string beside = replaced(good, member, "\"words\":[[\"film\",1]]," + member);
    CHECK_THAT(load_message(folder, beside), Contains("its version is 2, but its form is another"));
    std::string deep = "{";
    for (int level = 0; level < 20'000; ++level) {
        deep += member;
    }
    CHECK_THAT(load_message(folder, deep), Contains("values nest deeper than 64 levels"));
}

TEST_CASE("any one bit of a tokenizer file that flips is noticed") {
    const TemporaryFolder folder;
    const auto path = folder.path() / "words.json";
    Tokenizer tokenizer({.oov_token = "?"});
    tokenizer.fit_on_texts(texts);
    tokenizer.save(path);
    const std::string good = read_whole_file(path);
    for (std::size_t bit = 0; bit + 8 < 8 * good.size(); ++bit) { // the last byte is the line's end
        std::string bad = good;
        bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
        CAPTURE(bit, bad);
        REQUIRE_THAT(load_message(folder, bad), Contains("is damaged"));
    }
}

TEST_CASE("tokenizer files of version 1, without a checksum, are read") {
    const TemporaryFolder folder;
    const auto path =
        folder.write("old.json", R"({"document_count":2,"format":"timeloom tokenizer","options":)"
                                 R"({"char_level":false,"filters":"","lower":true,"num_words":null,)"
                                 R"("oov_token":null,"reserved_indices":null,"split":" "},)"
                                 R"("version":1,"words":[["the",2],["film",1]]})");
    CHECK(Tokenizer::load(path).word_index("film") == 2);
    CHECK(Tokenizer::load(path).word_counts("the") == 2);
}

TEST_CASE("no truncation of a tokenizer file passes") {
    const TemporaryFolder folder;
    const auto path = folder.path() / "words.json";
    Tokenizer tokenizer;
    tokenizer.fit_on_texts(texts);
    tokenizer.save(path);
    const std::string good = read_whole_file(path);
    for (std::size_t length = 0; length + 1 < good.size(); ++length) { // the last byte is the line's end
        CHECK_THAT(load_message(folder, good.substr(0, length)), Contains("is damaged"));
    }
}

TEST_CASE("a failed save keeps the old file and leaves nothing behind") {
    const TemporaryFolder folder;
    const auto path = folder.write("words.json", "old");
    Tokenizer tokenizer;
    tokenizer.fit_on_texts(std::vector<std::string>{"good \xFF\xFE bad"});
    CHECK_THAT(message_of([&] { tokenizer.save(path); }), Contains("words.json") && Contains("UTF-8"));
    CHECK(read_whole_file(path) == "old");

    const auto elsewhere = folder.path() / "missing/words.json";
    CHECK_THAT(message_of([&] { Tokenizer().save(elsewhere); }), Contains("missing/words.json"));
    // A folder cannot be replaced by a file.
    std::filesystem::create_directory(folder.path() / "taken");
    CHECK_THAT(message_of([&] { write_file_atomically(folder.path() / "taken", "x"); }), Contains("taken"));
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 2);
}

TEST_CASE("options that contradict each other are refused") {
    const auto message = [](TokenizerOptions options) {
        return message_of([&] { Tokenizer tokenizer(options); });
    };
    CHECK_THAT(message({.num_words = 0}), Contains("num_words is 0"));
    CHECK_THAT(message({.split = ""}), Contains("split is empty"));
    CHECK_THAT(message({.oov_token = "x", .reserved_indices = ReservedIndices{}}), Contains("oov_token"));
    CHECK_THAT(message({.reserved_indices = ReservedIndices{1, 4, 3}}), Contains("oov_char"));
    CHECK_THAT(message({.reserved_indices = ReservedIndices{-1, 2, 3}}), Contains("start_char"));
    CHECK_THAT(message({.reserved_indices = ReservedIndices{{}, {}, -1}}), Contains("index_from"));
}

TEST_CASE("labelled texts are read with and without header, CRLF and byte-order mark") {
    const TemporaryFolder folder;
    const std::string first = "a/1\t1\tGood,\twith a tab";
    for (const char* start : {"", "id\tlabel\ttext", "\xEF\xBB\xBFid\tlabel\ttext"}) {
        const std::string header = start;
        for (const std::string end : {"\n", "\r\n"}) {
            for (const std::string& last_end : {std::string(), end}) {
                const auto path = folder.write("reviews.tsv", (header.empty() ? "" : header + end) + first +
                                                                  end + "b/2\t0\t" + last_end);
                const auto rows = read_labelled_texts(path);
                CHECK(rows.ids == std::vector<std::string>{"a/1", "b/2"});
                CHECK(rows.labels == std::vector<std::int32_t>{1, 0});
                CHECK(rows.texts == std::vector<std::string>{"Good,\twith a tab", ""});
                CHECK(read_labelled_texts(path, 1).texts.size() == 1);
            }
        }
    }
    CHECK(read_labelled_texts(folder.write("empty.tsv", "")).texts.empty());
}

TEST_CASE("labelled texts of a file whose lines end with CR") {
    const TemporaryFolder folder;
    const auto rows = read_labelled_texts(folder.write("cr.tsv", "id\tlabel\ttext\ra\t1\tx\rb\t0\ty"));
    CHECK(rows.texts == std::vector<std::string>{"x", "y"});
    CHECK_THAT(
        message_of([&] { read_labelled_texts(folder.write("nul.tsv", std::string("a\t1\tx\0\n", 7))); }),
        Contains("line 1") && Contains("NUL"));
}

TEST_CASE("a missing file of labelled texts says where data comes from") {
    const auto message = message_of([] { read_labelled_texts("no/such/train.tsv"); });
    CHECK_THAT(message,
               Contains("no/such/train.tsv") && Contains("fetched separately") && Contains("--data"));
    CHECK_THAT(message_of([] { read_labelled_texts("/tmp"); }), Contains("/tmp"));
}

TEST_CASE("a malformed line of labelled texts is named by file and number") {
    const TemporaryFolder folder;
    const auto message = [&](const std::string& line) {
        const auto path =
            folder.write("reviews.tsv", "id\tlabel\ttext\na\t1\tfine\n" + line + "\nb\t0\tfine\n");
        return message_of([&] { read_labelled_texts(path); });
    };
    for (const char* line : {"", "no tabs", "one\ttab"}) {
        CHECK_THAT(message(line), Contains("reviews.tsv', line 3") && Contains("three columns"));
    }
    for (const char* label : {"positive", "", "1.0", "1 ", "99999999999"}) {
        const auto text = message("c\t" + std::string(label) + "\ttext");
        CHECK_THAT(text, Contains("reviews.tsv', line 3") && Contains("'" + std::string(label) + "'"));
    }
}
