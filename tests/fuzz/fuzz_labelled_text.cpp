// read_labelled_texts().
#include "fuzz_target.hpp"

#include "timeloom/runtime/text/labelled_text.hpp"

namespace timeloom::fuzz {

namespace {

std::string load(const std::filesystem::path& path) {
    const LabelledTexts rows = read_labelled_texts(path);
    std::string text;
    for (std::size_t i = 0; i < rows.texts.size(); ++i) {
        text += rows.ids.at(i) + '|' + std::to_string(rows.labels.at(i)) + '|' + rows.texts[i] + '\n';
    }
    return text;
}

} // namespace

const Target target{.load = load};

} // namespace timeloom::fuzz
