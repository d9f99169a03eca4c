#include "timeloom/runtime/distinct_rows.hpp"

#include "timeloom/dsl/kernel_signature.hpp"
#include "timeloom/runtime/prefetch_lines.hpp"
#include "timeloom/runtime/sequence_memory.hpp"

#include <algorithm>

namespace timeloom {

namespace {

/// Of so many tokens, at most so many rows: with more, looking products up takes longer than making them.
int most_rows(int tokens) { return static_cast<int>(std::int64_t{tokens} * 7 / 10); }

/// Matrices come into the cache once for all rows of a step; the last step's are all multiplied, too.
int rows_of_step(int most) {
    constexpr int tile = dsl::row_tile, few_steps = 8;
    const int tiles = (most + few_steps * tile - 1) / (few_steps * tile);
    return std::min(std::clamp(tiles, 2, 16), (most + tile - 1) / tile) * tile;
}

} // namespace

bool DistinctRows::prepare(const SequenceView& tokens, int table_rows, int width) {
    are_few_ = false;
    gradients_.clear();
    const int most = std::min(most_rows(tokens.rows * tokens.timesteps), table_rows);
    if (most == 0) {
        return false;
    }
    const int together = rows_of_step(most);
    const SequenceView shape{.rows = together, .padded_rows = together};
    values_ = view_in(memory_, shape, (most + together - 1) / together, width);

    number_of_place_.assign(static_cast<std::size_t>(tokens.step_stride * tokens.timesteps), 0);
    numbers_ = tokens;
    numbers_.tokens = number_of_place_.data();
    number_of_token_.resize(static_cast<std::size_t>(table_rows));
    tokens_.assign(static_cast<std::size_t>(most), 0);
    return true;
}

/// A token has a number where its entry leads back to it: so entries need not be cleared.
void DistinctRows::find(const SequenceView& tokens) {
    count_ = 0;
    are_few_ = false;
    for (int t = 0; t < tokens.timesteps; ++t) {
        for (int b = 0; b < tokens.rows; ++b) {
            const std::ptrdiff_t place = t * tokens.step_stride + b;
            const std::int32_t token = tokens.tokens[place];
            std::int32_t& number = number_of_token_[static_cast<std::size_t>(token)];
            if (number >= count_ || tokens_[static_cast<std::size_t>(number)] != token) {
                if (count_ == static_cast<int>(tokens_.size())) {
                    return;
                }
                tokens_[static_cast<std::size_t>(count_)] = token;
                number = count_++;
            }
            number_of_place_[static_cast<std::size_t>(place)] = number;
        }
    }
    are_few_ = true;
}

void DistinctRows::gather(const float* table) {
    if (!are_few_) {
        return;
    }
    const std::ptrdiff_t width = values_.row_stride;
    const auto row_of = [&](int number) { return table + token(number) * width; };
    for (int number = 0; number < count_; ++number) {
        if (number + rows_ahead < count_) {
            prefetch_lines(row_of(number + rows_ahead), width);
        }
        std::copy_n(row_of(number), width, values_.data + number * width);
    }
    std::fill(values_.data + count_ * width, values_.row(steps(), 0), 0.0f);
}

} // namespace timeloom
