// How other frameworks lay out the weights of recurrent cells, as data: import and export read it. A gate
// goes by its name in our cells: i, f, c, o of an LSTM; z, r, h of a GRU; h of a SimpleRNN. All three
// frameworks compute h' = z ∘ h + (1 − z) ∘ candidate in a GRU.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace timeloom::plan {

enum class Framework { keras, pytorch, onnx };
enum class CellType { simple_rnn, lstm, gru };

struct ForeignCell {
    Framework framework;
    CellType type;
    int gate_count;
    std::array<std::string_view, 4> gates; ///< in the framework's order, by our names
};

inline constexpr std::array<ForeignCell, 9> foreign_cells{{
    {Framework::keras, CellType::simple_rnn, 1, {"h"}},
    {Framework::keras, CellType::lstm, 4, {"i", "f", "c", "o"}},
    {Framework::keras, CellType::gru, 3, {"z", "r", "h"}},
    {Framework::pytorch, CellType::simple_rnn, 1, {"h"}},
    {Framework::pytorch, CellType::lstm, 4, {"i", "f", "c", "o"}}, // PyTorch calls c g
    {Framework::pytorch, CellType::gru, 3, {"r", "z", "h"}},       // and h n
    {Framework::onnx, CellType::simple_rnn, 1, {"h"}},             // ONNX calls h i
    {Framework::onnx, CellType::lstm, 4, {"i", "o", "f", "c"}},
    {Framework::onnx, CellType::gru, 3, {"z", "r", "h"}},
}};

constexpr const ForeignCell& foreign_cell(Framework framework, CellType type) {
    return foreign_cells[static_cast<std::size_t>(framework) * 3 + static_cast<std::size_t>(type)];
}

/// True if a cell's matrix is (gates * units, inputs), false if it is (inputs, gates * units).
constexpr bool has_gates_in_rows(Framework framework) { return framework != Framework::keras; }

} // namespace timeloom::plan
