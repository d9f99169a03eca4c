// Tokenizer::load().
#include "checksums.hpp"
#include "fuzz_target.hpp"

#include "timeloom/runtime/text/tokenizer.hpp"

namespace timeloom::fuzz {

namespace {

std::string load(const std::filesystem::path& path) {
    const Tokenizer tokenizer = Tokenizer::load(path);
    const TokenizerOptions& options = tokenizer.options();
    std::string text = options.filters + '|' + options.split + '|' + options.oov_token.value_or("none") +
                       '|' + std::to_string(options.num_words.value_or(-1)) + std::to_string(options.lower) +
                       std::to_string(options.char_level) + '|' + std::to_string(tokenizer.document_count());
    if (const auto& reserved = options.reserved_indices) {
        text += '|' + std::to_string(reserved->index_from) + ' ' +
                std::to_string(reserved->start_char.value_or(-1)) + ' ' +
                std::to_string(reserved->oov_char.value_or(-1));
    }
    for (std::int32_t i = 1; i <= static_cast<std::int32_t>(tokenizer.word_count()) + 1; ++i) {
        if (const auto word = tokenizer.index_word(i)) {
            text += '\n' + std::string(*word) + ' ' + std::to_string(tokenizer.word_counts(*word));
        }
    }
    return text;
}

void save_again(const std::filesystem::path& from, const std::filesystem::path& to) {
    Tokenizer::load(from).save(to);
}

bool has_checksum(std::string_view bytes) { return bytes.find("\"version\":2,") != std::string_view::npos; }

} // namespace

const Target target{load, save_again,
                    [](std::string bytes) { return repair_json(std::move(bytes), "tokenizer"); },
                    has_checksum};

} // namespace timeloom::fuzz
