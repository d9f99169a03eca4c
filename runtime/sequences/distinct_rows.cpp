#include "timeloom/runtime/sequences/distinct_rows.hpp"

#include "timeloom/runtime/base/prefetch_lines.hpp"
#include "timeloom/runtime/sequences/sequence_memory.hpp"

#include <algorithm>

namespace timeloom::detail {

/// Products are looked up only while so few of the tokens differ.
std::int64_t DistinctRows::most_rows(std::int64_t tokens) const {
    return tokens * tuning_.distinct_percent / 100;
}

/// Matrices come into the cache once for all rows of a step; the last step's are all multiplied, too.
int DistinctRows::rows_of_step(int most) const {
    constexpr int few_steps = 8;
    const int tile = tuning_.row_tile;
    const int tiles = (most + few_steps * tile - 1) / (few_steps * tile);
    return std::min(std::clamp(tiles, 2, 16), (most + tile - 1) / tile) * tile;
}

bool DistinctRows::prepare(std::int64_t most_tokens, int table_rows, int width) {
    are_few_ = false;
    gradients_.clear();
    const auto most = static_cast<int>(std::min<std::int64_t>(most_rows(most_tokens), table_rows));
    if (most == 0) {
        return false;
    }
    const int together = rows_of_step(most);
    const SequenceView shape{.rows = together, .padded_rows = together};
    values_ = view_in(memory_, shape, (most + together - 1) / together, width);
    number_of_token_.resize(static_cast<std::size_t>(table_rows));
    tokens_.assign(static_cast<std::size_t>(most), 0);
    return true;
}

void DistinctRows::begin(std::int64_t tokens) {
    count_ = 0;
    most_ = static_cast<int>(std::min(most_rows(tokens), static_cast<std::int64_t>(tokens_.size())));
    are_few_ = true;
}

/// A token has a number where its entry leads back to it: so entries need not be cleared.
bool DistinctRows::add(std::int32_t token) {
    std::int32_t& number = number_of_token_[static_cast<std::size_t>(token)];
    if (number >= count_ || tokens_[static_cast<std::size_t>(number)] != token) {
        if (count_ == most_) {
            are_few_ = false;
            return false;
        }
        tokens_[static_cast<std::size_t>(count_)] = token;
        number = count_++;
    }
    return true;
}

void DistinctRows::gather(const float* table) {
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

void DistinctRows::add_gradient(std::int32_t first, std::int32_t last, float scale,
                                const TableGradient& table) const {
    const std::ptrdiff_t width = values_.row_stride;
    for (int number = 0; number < count_; ++number) {
        prefetch_lines(table.row(token(std::min(number + rows_ahead, count_ - 1)), width), width);
        if (token(number) < first || token(number) >= last) {
            continue;
        }
        float* const gradient = table.row(token(number), width);
        for (const SequenceView& diff : gradients_) {
            const auto [step, row] = place(number);
            const float* const values = diff.row(step, row);
            for (std::ptrdiff_t u = 0; u < width; ++u) {
                gradient[u] += scale * values[u];
            }
        }
    }
}

} // namespace timeloom::detail
