// Integer token data: ragged sequences and the rectangular matrix that a network takes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace timeloom {

/// One list of token indices per text, each of its own length.
using TokenSequences = std::vector<std::vector<std::int32_t>>;

/// Row-major token indices of shape (batch, timesteps); an Embedding layer turns them into features.
struct TokenMatrix {
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::vector<std::int32_t> values;

    bool operator==(const TokenMatrix&) const = default;
};

} // namespace timeloom
