#include "timeloom/runtime/transposed_matrices.hpp"

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
        for (int row = 0; row < rows; ++row) {
            float* column =
                packed + (static_cast<std::size_t>(row / lanes) * layer.units * matrices.size() + m) * lanes +
                row % lanes;
            for (int unit = 0; unit < layer.units; ++unit) {
                column[static_cast<std::size_t>(unit) * matrices.size() * lanes] =
                    parameters[matrix.index(row, unit)];
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
