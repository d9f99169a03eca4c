#include "timeloom/runtime/transposed_matrices.hpp"

#include <algorithm>
#include <cstddef>

namespace timeloom {

using dsl::padded;

namespace {

std::size_t floats(int width, int units, int matrices) {
    return static_cast<std::size_t>(width) * static_cast<std::size_t>(units) *
           static_cast<std::size_t>(matrices);
}

} // namespace

std::size_t transposed_recurrent_size(const dsl::layer& layer) {
    return floats(padded(layer.units), layer.units, dsl::recurrent_matrices(layer.cell.step).size());
}

std::size_t transposed_input_size(const dsl::layer& layer) {
    return floats(padded(layer.features), layer.units, layer.cell.diff_input.products.matrices.size());
}

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
template <class Matrices>
void pack_transposed_group(const dsl::layer& layer, const LayerOffsets& offsets, const Matrices& matrices,
                           int rows, const float* parameters, float* packed) {
    const auto groups = dsl::product_groups(layer.cell.step);
    const int lanes = dsl::lane_block(rows);
    for (int m = 0; m < matrices.size(); ++m) {
        dsl::packed_matrix matrix;
        for (int g = 0; g < groups.size(); ++g) {
            if (const int gate = groups[g].matrices.find(matrices[m]); gate >= 0) {
                matrix = {offsets.groups[static_cast<std::size_t>(g)],
                          rows,
                          layer.units,
                          groups[g].matrices.size(),
                          gate,
                          dsl::lane_block(layer.units)};
            }
        }
        const auto stride = static_cast<std::ptrdiff_t>(matrices.size() * lanes);
        for (int row = 0; row < rows; row += lanes) {
            float* const block = packed + row / lanes * layer.units * stride + m * lanes;
            const int count = std::min(lanes, rows - row);
            for (int unit = 0; unit < layer.units; unit += matrix.lanes) {
                const float* const from = parameters + matrix.index(row, unit);
                const int units = std::min(matrix.lanes, layer.units - unit);
                transpose(from, std::ptrdiff_t{matrix.gates} * matrix.lanes, block + unit * stride, stride,
                          count, units);
            }
        }
    }
}

} // namespace

void pack_transposed(const dsl::layer& layer, const LayerOffsets& offsets, const TransposedOffsets& where,
                     const float* parameters, float* transposed) {
    pack_transposed_group(layer, offsets, dsl::recurrent_matrices(layer.cell.step), layer.units, parameters,
                          transposed + where.recurrent);
    pack_transposed_group(layer, offsets, layer.cell.diff_input.products.matrices, layer.features, parameters,
                          transposed + where.input);
}

} // namespace timeloom
