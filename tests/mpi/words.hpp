// What the trainings on several ranks learn from: all of them make the same.
#pragma once

#include "timeloom/runtime/simd/random.hpp"
#include "timeloom/runtime/tensors/tensor.hpp"
#include "timeloom/runtime/tensors/token_matrix.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace timeloom::tests {

struct Words {
    TokenMatrix x;
    Tensor y;
};

/// Samples of nine words, small numbers more often than large ones, each with a label of 0 or 1.
inline Words random_words(std::size_t samples) {
    Words words{{samples, 9, std::vector<std::int32_t>(samples * 9)}, Tensor({samples, 1})};
    Random random(7);
    for (std::int32_t& word : words.x.values)
        word = static_cast<std::int32_t>(random.below(1 + random.below(200)));
    for (float& label : words.y.values())
        label = static_cast<float>(random.below(2));
    return words;
}

} // namespace timeloom::tests
