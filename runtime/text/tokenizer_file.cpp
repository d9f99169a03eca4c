// Implements Tokenizer's save and load: a JSON file with the options and the counted words.
#include "timeloom/runtime/text/tokenizer.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/files/atomic_write.hpp"
#include "timeloom/runtime/files/input_file.hpp"
#include "timeloom/runtime/files/json_reader.hpp"
#include "timeloom/runtime/files/json_text.hpp"
#include "timeloom/runtime/files/only_errors.hpp"

#include <array>
#include <set>
#include <utility>
#include <vector>

namespace timeloom {

namespace {

using detail::json_string;
using detail::JsonReader;

constexpr const char* format_name = "timeloom tokenizer";
constexpr int format_version = 2; // version 1 had no checksum
constexpr detail::FileKind tokenizer_file{
    "tokenizer file", "check the path, or make the file with Tokenizer::save", std::uint64_t{1} << 30};

using CountedWords = std::vector<std::pair<std::string, std::int64_t>>;

/// What a file tells; of the header's members, what is missing stays empty.
struct Content {
    std::optional<std::string> format;
    std::optional<std::int32_t> version;
    std::optional<std::uint32_t> checksum;
    std::string_view checked;      ///< what the checksum is of
    bool has_outer_counts = false; ///< beside the member that is checked, as in version 1
    std::optional<TokenizerOptions> options;
    std::optional<std::int64_t> document_count;
    std::optional<CountedWords> words;
};

std::string to_json(const std::optional<std::int32_t>& number) {
    return number ? std::to_string(*number) : "null";
}

std::string to_json(bool value) { return value ? "true" : "false"; }

std::string to_json(const TokenizerOptions& options) {
    std::string reserved = "null";
    if (options.reserved_indices) {
        reserved = "{\"index_from\":" + std::to_string(options.reserved_indices->index_from) +
                   ",\"oov_char\":" + to_json(options.reserved_indices->oov_char) +
                   ",\"start_char\":" + to_json(options.reserved_indices->start_char) + "}";
    }
    return "{\"char_level\":" + to_json(options.char_level) + ",\"filters\":" + json_string(options.filters) +
           ",\"lower\":" + to_json(options.lower) + ",\"num_words\":" + to_json(options.num_words) +
           ",\"oov_token\":" + (options.oov_token ? json_string(*options.oov_token) : "null") +
           ",\"reserved_indices\":" + reserved + ",\"split\":" + json_string(options.split) + "}";
}

/// What `read` returns; its Error gets `place` in front.
template <class Read>
auto at(const std::string& place, Read read) {
    try {
        return read();
    } catch (const Error& error) {
        throw Error(place + ": " + error.what());
    }
}

template <class T>
T required(std::optional<T> value, const char* name) {
    if (!value) {
        throw Error(std::string(name) + " is missing");
    }
    return *std::move(value);
}

std::optional<std::int32_t> read_optional_integer(JsonReader& in) {
    return in.null() ? std::nullopt : std::optional(in.integer<std::int32_t>());
}

void require_all(const std::set<std::string>& present, std::initializer_list<const char*> names) {
    for (const char* name : names) {
        if (!present.contains(name)) {
            throw Error(std::string(name) + " is missing");
        }
    }
}

ReservedIndices read_reserved(JsonReader& in) {
    ReservedIndices reserved;
    std::set<std::string> present;
    in.object([&](const std::string& name) {
        present.insert(name);
        at(name, [&] {
            if (name == "start_char") {
                reserved.start_char = read_optional_integer(in);
            } else if (name == "oov_char") {
                reserved.oov_char = read_optional_integer(in);
            } else if (name == "index_from") {
                reserved.index_from = in.integer<std::int32_t>();
            } else {
                in.skip();
            }
        });
    });
    require_all(present, {"index_from", "oov_char", "start_char"});
    return reserved;
}

TokenizerOptions read_options(JsonReader& in) {
    TokenizerOptions options;
    std::set<std::string> present;
    in.object([&](const std::string& name) {
        present.insert(name);
        at(name, [&] {
            if (name == "num_words") {
                options.num_words = read_optional_integer(in);
            } else if (name == "filters") {
                options.filters = in.string();
            } else if (name == "lower") {
                options.lower = in.boolean();
            } else if (name == "split") {
                options.split = in.string();
            } else if (name == "char_level") {
                options.char_level = in.boolean();
            } else if (name == "oov_token") {
                options.oov_token = in.null() ? std::nullopt : std::optional(in.string());
            } else if (name == "reserved_indices") {
                options.reserved_indices = in.null() ? std::nullopt : std::optional(read_reserved(in));
            } else {
                in.skip();
            }
        });
    });
    require_all(present,
                {"char_level", "filters", "lower", "num_words", "oov_token", "reserved_indices", "split"});
    return options;
}

std::pair<std::string, std::int64_t> read_word(JsonReader& in) {
    std::pair<std::string, std::int64_t> word;
    std::size_t members = 0;
    in.array([&](std::size_t i) {
        at("[" + std::to_string(i) + "]",
           [&] { i == 0 ? void(word.first = in.string()) : void(word.second = in.integer<std::int64_t>()); });
        ++members;
    });
    if (members != 2) {
        throw Error(" is not a pair of word and count");
    }
    if (word.second < 1) {
        throw Error(" has no positive count");
    }
    return word;
}

CountedWords read_words(JsonReader& in) {
    if (in.next() != JsonReader::Kind::array) {
        throw Error("words is not an array");
    }
    CountedWords words;
    in.array([&](std::size_t i) {
        try {
            words.push_back(read_word(in));
        } catch (const Error& error) {
            throw Error("words[" + std::to_string(i) + "]" + error.what());
        }
    });
    return words;
}

/// What was counted; false: the member is another one.
bool read_counted(JsonReader& in, const std::string& name, Content& content) {
    if (name == "options") {
        content.options = read_options(in);
    } else if (name == "document_count") {
        content.document_count = at(name, [&] { return in.integer<std::int64_t>(); });
    } else if (name == "words") {
        content.words = read_words(in);
    } else {
        return false;
    }
    return true;
}

void read_tokenizer(JsonReader& in, std::string_view text, Content& content) {
    const std::size_t begin = in.position();
    in.object([&](const std::string& name) {
        if (!read_counted(in, name, content)) {
            in.skip();
        }
    });
    content.checked = text.substr(begin, in.position() - begin);
}

/// Version 2 has options, document_count and words in a member "tokenizer", version 1 among the others.
void read_member(JsonReader& in, std::string_view text, const std::string& name, Content& content) {
    if (name == "tokenizer") {
        read_tokenizer(in, text, content);
    } else if (name == "format") {
        content.format = at(name, [&] { return in.string(); });
    } else if (name == "version") {
        content.version = at(name, [&] { return in.integer<std::int32_t>(); });
    } else if (name == "checksum") {
        content.checksum = at(name, [&] { return in.integer<std::uint32_t>(); });
    } else if (read_counted(in, name, content)) {
        content.has_outer_counts = true;
    } else {
        in.skip();
    }
}

void check_format(const Content& content) {
    if (required(content.format, "format") != format_name) {
        throw Error("its format is not '" + std::string(format_name) + "'");
    }
    const std::int32_t version = required(content.version, "version");
    if (version != 1 && version != format_version) {
        throw Error("its version is " + std::to_string(version) + ", this program reads versions 1 and " +
                    std::to_string(format_version));
    }
    const bool has_form_of_2 = content.checksum || !content.checked.empty();
    const bool is_mixed = has_form_of_2 && content.has_outer_counts; // which no checksum would cover
    if (is_mixed || has_form_of_2 !=
                        (version == format_version)) { // a damaged version must not save it from the checksum
        throw Error("its version is " + std::to_string(version) + ", but its form is another version's");
    }
}

void check_checksum(const Content& content) {
    if (content.version == format_version &&
        (content.checked.empty() ||
         required(content.checksum, "checksum") != detail::json_checksum(content.checked))) {
        throw Error("its checksum does not match");
    }
}

} // namespace

void Tokenizer::save(const std::filesystem::path& path) const try {
    std::string text;
    try {
        text = "{\"document_count\":" + std::to_string(document_count_) +
               ",\"options\":" + to_json(options_) + ",\"words\":[";
        for (const Word& word : words_) {
            text += (&word == words_.data() ? "[" : ",[") + json_string(word.text) + ',' +
                    std::to_string(word.count) + ']';
        }
        text += "]}";
    } catch (const Error& failure) {
        throw Error("cannot save the tokenizer to '" + path.string() + "': " + failure.what() +
                    "; convert the texts to UTF-8 before fitting");
    }
    const std::string head = "{\"checksum\":" + std::to_string(detail::json_checksum(text)) +
                             ",\"format\":" + json_string(format_name) +
                             ",\"version\":" + std::to_string(format_version) + ",\"tokenizer\":";
    const std::array<std::string_view, 3> parts{head, text, "}\n"};
    write_file_atomically(path, parts);
} catch (...) {
    detail::rethrow_as_error(path);
}

Tokenizer Tokenizer::load(const std::filesystem::path& path) try {
    const std::string text = detail::read_text(path, tokenizer_file);
    try {
        Content content;
        JsonReader in(text);
        in.object([&](const std::string& name) { read_member(in, text, name, content); });
        in.end();
        check_format(content);
        Tokenizer tokenizer(required(std::move(content.options), "options"));
        tokenizer.document_count_ = required(content.document_count, "document_count");
        if (tokenizer.document_count_ < 0) {
            throw Error("document_count is negative");
        }
        for (const auto& [word, times] : required(std::move(content.words), "words")) {
            if (tokenizer.find(word)) {
                throw Error("words holds '" + word + "' twice");
            }
            tokenizer.count(word, times);
        }
        tokenizer.rank_words();
        check_checksum(content);
        return tokenizer;
    } catch (const Error& failure) {
        throw Error("the tokenizer file '" + path.string() + "' is damaged: " + failure.what() +
                    detail::looks_like(text) + "; write it again with Tokenizer::save");
    }
} catch (...) {
    detail::rethrow_as_error(path);
}

} // namespace timeloom
