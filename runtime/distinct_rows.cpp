#include "timeloom/runtime/distinct_rows.hpp"

#include "timeloom/dsl/kernel_signature.hpp"
#include "timeloom/runtime/prefetch_lines.hpp"
#include "timeloom/runtime/sequence_memory.hpp"

#include <algorithm>

namespace timeloom {

namespace {

/// Of so many tokens, at most so many rows: with more, looking products up takes longer than making them.
int most_rows(int tokens) { return std::max(1, tokens * 7 / 10); }

} // namespace

void DistinctRows::prepare(const SequenceView& tokens, int table_rows, int width) {
    constexpr int rows_together = 16 * dsl::row_tile;
    const auto tiles = [](int rows) { return (rows + dsl::row_tile - 1) / dsl::row_tile; };
    const int most = std::min(most_rows(tokens.rows * tokens.timesteps), table_rows);
    const int together = std::min(rows_together, tiles(most) * dsl::row_tile);
    const SequenceView shape{.rows = together, .padded_rows = together};
    values_ = view_in(memory_, shape, (most + together - 1) / together, width);

    number_of_place_.assign(static_cast<std::size_t>(tokens.step_stride * tokens.timesteps), 0);
    numbers_ = tokens;
    numbers_.tokens = number_of_place_.data();
    number_of_token_.assign(static_cast<std::size_t>(table_rows), 0);
    tokens_.assign(static_cast<std::size_t>(most), 0);
    gradients_.clear();
    are_few_ = false;
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
    constexpr int rows_ahead = 6;
    const std::ptrdiff_t width = values_.row_stride;
    const auto row_of = [&](int number) { return table + token(number) * width; };
    for (int number = 0; number < count_; ++number) {
        if (number + rows_ahead < count_) {
            prefetch_lines(row_of(number + rows_ahead), width);
        }
        std::copy_n(row_of(number), width, place(values_, number));
    }
    float* const end = values_.row(steps(), 0);
    std::fill(count_ < steps() * values_.rows ? place(values_, count_) : end, end, 0.0f);
}

} // namespace timeloom
