// The Large Movie Review Dataset (Maas et al. 2011) as token ids.
#pragma once

#include <timeloom/runtime/tensors/tensor.hpp>
#include <timeloom/runtime/tensors/token_matrix.hpp>

#include <cstdint>
#include <filesystem>
#include <vector>

namespace imdb {

struct Reviews {
    timeloom::TokenMatrix x; ///< (reviews, tokens)
    timeloom::Tensor y;      ///< (reviews, 1), 1 for a positive review
};

struct ReviewSplit {
    Reviews train;
    Reviews test;
};

/// Words are numbered by frequency, shifted as keras.datasets.imdb does: 0 padding, 1 start of a review, 2
/// words left out.
class ReviewTexts {
  public:
    /// Reads imdb/train.tsv and imdb/test.tsv of the folder; throws Error where one is missing or malformed.
    explicit ReviewTexts(const std::filesystem::path& folder);

    /// The last `count` words of each review, padded before the first.
    ReviewSplit last_tokens(std::size_t count) const;

  private:
    struct Part {
        timeloom::TokenSequences sequences;
        std::vector<std::int32_t> labels;
    };
    static Reviews last_tokens(const Part& part, std::size_t count);

    Part train_, test_;
};

} // namespace imdb
