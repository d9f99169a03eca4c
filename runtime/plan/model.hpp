// The plan of a model: everything that a program needs to know of it, as constexpr data. Code generation
// writes it into <model>.timeloom.hpp, and the runtime executes it.
#pragma once

#include "timeloom/runtime/plan/equations.hpp"
#include "timeloom/runtime/plan/kernel.hpp"
#include "timeloom/runtime/plan/layer.hpp"
#include "timeloom/runtime/plan/parameter.hpp"
#include "timeloom/runtime/plan/tuning.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace timeloom::plan {

/// What the caller hands in: token ids, a sequence of vectors, or one vector.
struct Input {
    std::string_view name{};
    int timesteps = 1;
    int features = 0;        ///< 0: token ids
    bool is_sequence = true; ///< false: one vector
    bool is_ragged = false;  ///< every sample has a length of its own
};

struct Model {
    std::string_view name{};
    std::uint64_t fingerprint =
        0; ///< of all that kernels or the meaning of weights depend on; checkpoints hold it
    std::span<const Input> inputs{};
    std::span<const Layer> layers{};
    std::span<const Parameter> parameters{}; ///< embedding tables first, else in the order of the layers
    std::size_t parameters_size = 0;         ///< floats of the buffer of parameters
    std::size_t dense_begin = 0;             ///< where in it those begin that are no embedding tables
    std::size_t transposed_size = 0;         ///< floats of the buffer of transposed matrices
    std::span<const Kernel> kernels{};
    std::span<const Equations> equations{}; ///< of each layer
    Tuning tuning{};

    constexpr int node_of_layer(std::size_t layer) const { return static_cast<int>(inputs.size() + layer); }
    constexpr bool is_input(int node) const { return node < static_cast<int>(inputs.size()); }
    constexpr const Layer& layer_at(int node) const {
        return layers[static_cast<std::size_t>(node) - inputs.size()];
    }
    /// True if a node hands on a sequence, be it of one step, and not a vector.
    constexpr bool is_sequence(int node) const {
        return is_input(node) ? inputs[static_cast<std::size_t>(node)].is_sequence
                              : layer_at(node).hands_on_sequence(is_sequence(layer_at(node).reads[0].node));
    }
    /// True if the model hands out a sequence.
    constexpr bool outputs_sequence() const { return is_sequence(node_of_layer(layers.size() - 1)); }
};

} // namespace timeloom::plan
