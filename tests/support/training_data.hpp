// Random data for the models of the tests, and their weights as one list.
#pragma once

#include "timeloom/runtime/model/model.hpp"
#include "timeloom/runtime/simd/random.hpp"

namespace timeloom {

inline Tensor random_tensor(const Shape& shape, std::uint64_t seed) {
    Random random(seed);
    Tensor result(shape);
    for (float& value : result.values()) {
        value = random.uniform(-1, 1);
    }
    return result;
}

/// One-hot targets (batch, 7, 4).
inline Tensor random_tags(std::size_t batch, std::uint64_t seed) {
    Random random(seed);
    Tensor result({batch, 7, 4});
    for (std::size_t row = 0; row < result.rows(); ++row) {
        result.row(row)[random.below(4)] = 1;
    }
    return result;
}

inline std::vector<float> all_weights(const Model& model) {
    std::vector<float> result;
    for (const std::string& name : model.weight_names()) {
        const Tensor values = model.get_weights(name);
        result.insert(result.end(), values.values().begin(), values.values().end());
    }
    return result;
}

} // namespace timeloom
