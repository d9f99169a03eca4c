// RTNeural's layers with the numbers of peer_case.hpp.
#pragma once

#include "peer_case.hpp"

#include <RTNeural/RTNeural.h>

namespace timeloom::bench {

template <typename T, int Inputs, int Units>
using Lstm = RTNeural::LSTMLayerT<T, Inputs, Units>;
template <typename T, int Inputs, int Units>
using Gru = RTNeural::GRULayerT<T, Inputs, Units>;

using Matrix = std::vector<std::vector<float>>;

inline Matrix drawn_matrix(std::uint32_t stream, int rows, int columns, float scale) {
    const std::vector<float> values =
        drawn_values(stream, static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns), scale);
    Matrix matrix;
    for (auto row = values.begin(); row != values.end(); row += columns) {
        matrix.emplace_back(row, row + columns);
    }
    return matrix;
}

/// What the numbers of a layer are multiplied by.
struct Scales {
    float kernel, recurrent, bias;
};
constexpr Scales same_scales{weight_scale, weight_scale, weight_scale};

/// Gates stand in Keras's order. Streams are those of the kernel and the two parameters behind it.
template <int Inputs, int Units>
void set_weights(Lstm<float, Inputs, Units>& layer, std::uint32_t stream, const Scales& scales) {
    layer.setWVals(drawn_matrix(stream, Inputs, 4 * Units, scales.kernel));
    layer.setUVals(drawn_matrix(stream + 1, Units, 4 * Units, scales.recurrent));
    layer.setBVals(drawn_values(stream + 2, 4 * Units, scales.bias));
    layer.reset();
}

template <int Inputs, int Units>
void set_weights(Gru<float, Inputs, Units>& layer, std::uint32_t stream, const Scales& scales) {
    layer.setWVals(drawn_matrix(stream, Inputs, 3 * Units, scales.kernel));
    layer.setUVals(drawn_matrix(stream + 1, Units, 3 * Units, scales.recurrent));
    const std::vector<float> four = drawn_values(stream + 2, 4 * Units, scales.bias);
    Matrix biases(2, std::vector<float>(3 * Units, 0.0f)); // the second only of the candidate
    std::copy_n(four.begin(), 3 * Units, biases[0].begin());
    std::copy_n(four.begin() + 3 * Units, Units, biases[1].begin() + 2 * Units);
    layer.setBVals(biases);
    layer.reset();
}

} // namespace timeloom::bench
