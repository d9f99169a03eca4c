#include "reviews.hpp"

#include "models.hpp"

#include <timeloom/runtime/tensors/pad_sequences.hpp>
#include <timeloom/runtime/text/labelled_text.hpp>
#include <timeloom/runtime/text/tokenizer.hpp>

#include <algorithm>

namespace imdb {

ReviewTexts::ReviewTexts(const std::filesystem::path& folder) {
    const timeloom::LabelledTexts train = timeloom::read_labelled_texts(folder / "imdb" / "train.tsv");
    const timeloom::LabelledTexts test = timeloom::read_labelled_texts(folder / "imdb" / "test.tsv");
    timeloom::TokenizerOptions options;
    options.num_words = words;
    options.reserved_indices = timeloom::ReservedIndices{};
    timeloom::Tokenizer tokenizer(options);
    tokenizer.fit_on_texts(train.texts);
    train_ = {tokenizer.texts_to_sequences(train.texts), train.labels};
    test_ = {tokenizer.texts_to_sequences(test.texts), test.labels};
}

ReviewSplit ReviewTexts::last_tokens(std::size_t count) const {
    return {last_tokens(train_, count), last_tokens(test_, count)};
}

Reviews ReviewTexts::last_tokens(const Part& part, std::size_t count) {
    Reviews reviews{timeloom::pad_sequences(part.sequences, {.maxlen = count}),
                    timeloom::Tensor({part.labels.size(), 1})};
    std::ranges::transform(part.labels, reviews.y.data(),
                           [](std::int32_t label) { return static_cast<float>(label); });
    return reviews;
}

} // namespace imdb
