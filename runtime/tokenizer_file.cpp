// Implements Tokenizer's save and load: a JSON file with the options and the counted words.
#include "timeloom/runtime/tokenizer.hpp"

#include "timeloom/runtime/atomic_write.hpp"
#include "timeloom/runtime/error.hpp"

#include <nlohmann/json.hpp>

#include <fstream>
#include <limits>
#include <sstream>
#include <type_traits>
#include <utility>
#include <vector>

namespace timeloom {

namespace {

using nlohmann::json;

constexpr const char* format_name = "timeloom tokenizer";
constexpr int format_version = 1;

template <class T>
json to_json(const std::optional<T>& value) {
    return value ? json(*value) : json(nullptr);
}

json to_json(const TokenizerOptions& options) {
    json reserved;
    if (options.reserved_indices) {
        reserved = {{"start_char", to_json(options.reserved_indices->start_char)},
                    {"oov_char", to_json(options.reserved_indices->oov_char)},
                    {"index_from", options.reserved_indices->index_from}};
    }
    return {{"num_words", to_json(options.num_words)},
            {"filters", options.filters},
            {"lower", options.lower},
            {"split", options.split},
            {"char_level", options.char_level},
            {"oov_token", to_json(options.oov_token)},
            {"reserved_indices", reserved}};
}

// nlohmann-json converts freely between numbers and booleans; a damaged file should not pass that way.
template <class T>
T convert(const json& value, const std::string& place) {
    if constexpr (std::is_same_v<T, bool>) {
        if (value.is_boolean()) {
            return value.get<bool>();
        }
        throw Error(place + " is not true or false");
    } else if constexpr (std::is_same_v<T, std::string>) {
        if (value.is_string()) {
            return value.get<std::string>();
        }
        throw Error(place + " is not a string");
    } else {
        const bool fits =
            value.is_number_unsigned()
                ? value.get<std::uint64_t>() <= static_cast<std::uint64_t>(std::numeric_limits<T>::max())
                : value.is_number_integer() && value.get<std::int64_t>() >= std::numeric_limits<T>::min();
        if (fits) {
            return value.get<T>();
        }
        throw Error(place + " is not an integer in range");
    }
}

const json& member(const json& object, const char* key) {
    if (!object.is_object() || !object.contains(key)) {
        throw Error(std::string(key) + " is missing");
    }
    return object[key];
}

template <class T>
T read(const json& object, const char* key) {
    return convert<T>(member(object, key), key);
}

template <class T>
std::optional<T> read_optional(const json& object, const char* key) {
    return member(object, key).is_null() ? std::nullopt : std::optional<T>(read<T>(object, key));
}

TokenizerOptions read_options(const json& object) {
    TokenizerOptions options;
    options.num_words = read_optional<std::int32_t>(object, "num_words");
    options.filters = read<std::string>(object, "filters");
    options.lower = read<bool>(object, "lower");
    options.split = read<std::string>(object, "split");
    options.char_level = read<bool>(object, "char_level");
    options.oov_token = read_optional<std::string>(object, "oov_token");
    if (const json& reserved = member(object, "reserved_indices"); !reserved.is_null()) {
        options.reserved_indices = ReservedIndices{read_optional<std::int32_t>(reserved, "start_char"),
                                                   read_optional<std::int32_t>(reserved, "oov_char"),
                                                   read<std::int32_t>(reserved, "index_from")};
    }
    return options;
}

void check_format(const json& document) {
    if (read<std::string>(document, "format") != format_name) {
        throw Error("its format is not '" + std::string(format_name) + "'");
    }
    const auto version = read<std::int32_t>(document, "version");
    if (version != format_version) {
        throw Error("its version is " + std::to_string(version) + ", this program reads version " +
                    std::to_string(format_version));
    }
}

std::vector<std::pair<std::string, std::int64_t>> read_words(const json& document) {
    const json& words = member(document, "words");
    if (!words.is_array()) {
        throw Error("words is not an array");
    }
    std::vector<std::pair<std::string, std::int64_t>> counted;
    counted.reserve(words.size());
    for (const json& word : words) {
        const std::string place = "words[" + std::to_string(counted.size()) + "]";
        if (!word.is_array() || word.size() != 2) {
            throw Error(place + " is not a pair of word and count");
        }
        counted.emplace_back(convert<std::string>(word[0], place + "[0]"),
                             convert<std::int64_t>(word[1], place + "[1]"));
        if (counted.back().second < 1) {
            throw Error(place + " has no positive count");
        }
    }
    return counted;
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file || std::filesystem::is_directory(path)) {
        throw Error("cannot open the tokenizer file '" + path.string() +
                    "'; check the path, or make the file with Tokenizer::save.");
    }
    std::ostringstream content;
    content << file.rdbuf();
    return std::move(content).str();
}

} // namespace

void Tokenizer::save(const std::filesystem::path& path) const {
    json words = json::array();
    for (const Word& word : words_) {
        words.push_back({word.text, word.count});
    }
    const json document = {{"format", format_name},
                           {"version", format_version},
                           {"options", to_json(options_)},
                           {"document_count", document_count_},
                           {"words", std::move(words)}};
    std::string text;
    try {
        text = document.dump();
    } catch (const json::exception& failure) {
        throw Error("cannot save the tokenizer to '" + path.string() + "': " + failure.what() +
                    "; convert the texts to UTF-8 before fitting.");
    }
    write_file_atomically(path, text + '\n');
}

Tokenizer Tokenizer::load(const std::filesystem::path& path) {
    const std::string text = read_file(path);
    try {
        const json document = json::parse(text);
        check_format(document);
        Tokenizer tokenizer(read_options(member(document, "options")));
        tokenizer.document_count_ = read<std::int64_t>(document, "document_count");
        if (tokenizer.document_count_ < 0) {
            throw Error("document_count is negative");
        }
        for (const auto& [word, times] : read_words(document)) {
            if (tokenizer.find(word)) {
                throw Error("words holds '" + word + "' twice");
            }
            tokenizer.count(word, times);
        }
        tokenizer.rank_words();
        return tokenizer;
    } catch (const std::exception& failure) {
        throw Error("the tokenizer file '" + path.string() + "' is damaged: " + failure.what() +
                    "; write it again with Tokenizer::save.");
    }
}

} // namespace timeloom
