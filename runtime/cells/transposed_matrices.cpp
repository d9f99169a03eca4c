#include "timeloom/runtime/cells/transposed_matrices.hpp"

#include <algorithm>
#include <cstddef>

namespace timeloom::detail {

namespace {

/// to (column, row) = from (row, column); rows lie so far apart.
void transpose(const float* from, std::ptrdiff_t from_stride, float* to, std::ptrdiff_t to_stride, int rows,
               int columns) {
    for (int column = 0; column < columns; ++column) {
        for (int row = 0; row < rows; ++row) {
            to[column * to_stride + row] = from[row * from_stride + column];
        }
    }
}

/// packed[block][unit][m][lane] = matrix m at (row = block · lanes + lane, unit), zero beyond its rows.
void pack(const plan::TransposedMatrices& transposed, const float* parameters, float* buffer) {
    float* const packed = buffer + transposed.offset;
    for (std::size_t m = 0; m < transposed.matrices.size(); ++m) {
        const plan::PackedMatrix& matrix = transposed.matrices[m];
        const int lanes = plan::lane_block(matrix.rows);
        const std::ptrdiff_t stride = std::ssize(transposed.matrices) * lanes;
        for (int row = 0; row < matrix.rows; row += lanes) {
            float* const block =
                packed + row / lanes * matrix.units * stride + static_cast<std::ptrdiff_t>(m) * lanes;
            const int count = std::min(lanes, matrix.rows - row);
            for (int unit = 0; unit < matrix.units; unit += matrix.lanes) {
                const float* const from = parameters + matrix.index(row, unit);
                const int units = std::min(matrix.lanes, matrix.units - unit);
                transpose(from, std::ptrdiff_t{matrix.gates} * matrix.lanes, block + unit * stride, stride,
                          count, units);
            }
        }
    }
}

/// True if the layer has the matrices of the layer before it that owns its parameters.
bool shares_transposed(const plan::Model& model, const plan::Layer& layer) {
    const plan::Layer& owner = model.layers[static_cast<std::size_t>(layer.parameters_of)];
    return &owner != &layer && owner.cell.recurrent.offset == layer.cell.recurrent.offset &&
           owner.cell.input.offset == layer.cell.input.offset;
}

} // namespace

void pack_transposed(const plan::Model& model, const float* parameters, float* transposed) {
    for (const plan::Layer& layer : model.layers) {
        if (!shares_transposed(model, layer)) {
            pack(layer.cell.recurrent, parameters, transposed);
            pack(layer.cell.input, parameters, transposed);
        }
    }
}

} // namespace timeloom::detail
