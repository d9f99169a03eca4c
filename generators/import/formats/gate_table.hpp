// The one table of how formats keep the weights of recurrent cells. Readers convert by it, and docs/import.md
// shows it.
#pragma once

#include "timeloom/generators/import/description/description.hpp"

#include <span>
#include <string>
#include <string_view>

namespace timeloom::importing {

/// How many biases a cell has, and what becomes of them.
enum class Biases {
    one,  ///< as it is
    rows, ///< Keras's (2, columns): of the input's product, and of the state's
    two,  ///< two vectors: kept apart in a GRU that resets after the product, added elsewhere
};

struct GateRow {
    std::string_view format;
    Kind cell;
    std::string gates; ///< in the file's order, by Keras's names: i f c o, z r h
    bool transposed;   ///< matrices are (columns, rows)
    Biases biases;
    std::string_view resets;  ///< where a GRU resets: "after", "before" the product, or as the file says
    std::string_view epsilon; ///< of the format's layer normalization, where the file does not tell it
};

std::span<const GateRow> gate_table();

/// The table in Markdown, as docs/import.md shows it.
std::string gate_table_text();

/// The row of a format and a cell.
const GateRow& gate_row(std::string_view format, Kind cell);

/// The weights of a cell as a file has them, in its own order and layout; biases may be empty.
struct FileCell {
    Tensor kernel, recurrent, bias, recurrent_bias;
};

/// Gives `cell`, whose options are set, the weights in Keras's order and layout. Throws Error, naming the
/// layer, for shapes that do not fit to its units.
void set_cell_weights(Layer& cell, const GateRow& row, const FileCell& file);

/// (a, b) → (b, a)
Tensor transposed(const Tensor& matrix);

} // namespace timeloom::importing
