// How other frameworks lay out the parameters of recurrent layers, as data. A gate goes by its name in our
// cells: i, f, c, o of an LSTM; z, r, h of a GRU; h of a SimpleRNN. All three compute h' = z ∘ h + (1 − z) ∘
// candidate in a GRU.
#pragma once

#include <array>
#include <string_view>

namespace timeloom::plan {

enum class Framework { keras, pytorch, onnx };
enum class CellType { simple_rnn, lstm, gru };

/// Where a GRU's reset gate multiplies: r ∘ (h·U + b) after the product, or (r ∘ h)·U before it.
enum class GruReset { after, before, either };

struct ForeignCell {
    Framework framework;
    CellType type;
    int gate_count;
    std::array<std::string_view, 4> gates;       ///< in the framework's order, by our names
    std::array<std::string_view, 4> their_gates; ///< the same by its own
};

inline constexpr std::array<ForeignCell, 9> foreign_cells{{
    {Framework::keras, CellType::simple_rnn, 1, {"h"}, {"h"}},
    {Framework::keras, CellType::lstm, 4, {"i", "f", "c", "o"}, {"i", "f", "c", "o"}},
    {Framework::keras, CellType::gru, 3, {"z", "r", "h"}, {"z", "r", "h"}},
    {Framework::pytorch, CellType::simple_rnn, 1, {"h"}, {"h"}},
    {Framework::pytorch, CellType::lstm, 4, {"i", "f", "c", "o"}, {"i", "f", "g", "o"}},
    {Framework::pytorch, CellType::gru, 3, {"r", "z", "h"}, {"r", "z", "n"}},
    {Framework::onnx, CellType::simple_rnn, 1, {"h"}, {"i"}},
    {Framework::onnx, CellType::lstm, 4, {"i", "o", "f", "c"}, {"i", "o", "f", "c"}},
    {Framework::onnx, CellType::gru, 3, {"z", "r", "h"}, {"z", "r", "h"}},
}};

constexpr const ForeignCell& foreign_cell(Framework framework, CellType type) {
    return foreign_cells[static_cast<std::size_t>(framework) * 3 + static_cast<std::size_t>(type)];
}

/// What holds for all recurrent layers of a framework.
struct ForeignLayout {
    Framework framework;
    bool gates_in_rows;     ///< a matrix is (gates * units, inputs); else (inputs, gates * units)
    bool always_two_biases; ///< one of the input's and one of the state's products, whose sum counts but in a
                            ///< GRU that resets after; else only there, as rows of one (2, gates * units)
    GruReset default_reset;
    GruReset reset;              ///< what it can compute
    double layer_norm_epsilon;   ///< default
    double unit_forget_bias;     ///< what a new LSTM's forget gate starts with
    std::string_view directions; ///< how the two of a bidirectional layer are told apart
};

inline constexpr std::array<ForeignLayout, 3> foreign_layouts{{
    {Framework::keras, false, false, GruReset::after, GruReset::either, 1e-3, 1, "forward_, backward_"},
    {Framework::pytorch, true, true, GruReset::after, GruReset::after, 1e-5, 0, "_reverse of the second"},
    {Framework::onnx, true, true, GruReset::before, GruReset::either, 1e-5, 0, "first axis"},
}};

constexpr const ForeignLayout& foreign_layout(Framework framework) {
    return foreign_layouts[static_cast<std::size_t>(framework)];
}

/// Names of parameters. {layer} stands for the layer's, {reverse} for "_reverse" of a second direction.
struct ForeignName {
    std::string_view ours, pytorch;
    bool is_transposed; ///< in PyTorch
};

inline constexpr std::array<ForeignName, 9> pytorch_names{{
    {"embeddings", "{layer}.weight", false},
    {"dense/kernel", "{layer}.weight", true},
    {"dense/bias", "{layer}.bias", false},
    {"gamma", "{layer}.weight", false},
    {"beta", "{layer}.bias", false},
    {"kernel", "{layer}.weight_ih_l0{reverse}", true},
    {"recurrent_kernel", "{layer}.weight_hh_l0{reverse}", true},
    {"bias", "{layer}.bias_ih_l0{reverse}", false},
    {"recurrent_bias", "{layer}.bias_hh_l0{reverse}", false},
}};

} // namespace timeloom::plan
