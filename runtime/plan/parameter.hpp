// A model's parameters: their names and shapes as Keras knows them, and where they lie in the model's buffer.
#pragma once

#include "timeloom/runtime/plan/initializer.hpp"
#include "timeloom/runtime/plan/layout.hpp"

#include <cstddef>
#include <span>
#include <string_view>

namespace timeloom::plan {

/// Adds l1 · Σ|w| + l2 · Σw² to the loss.
struct Regularizer {
    double l1 = 0;
    double l2 = 0;
    constexpr bool operator==(const Regularizer&) const = default;
};

/// A parameter as Keras knows it, e.g. lstm/recurrent_kernel of shape (units, gates * units), gates side by
/// side. Vectors have one row. Columns [i * units, (i + 1) * units) are the packed matrix blocks[i].
struct Parameter {
    std::string_view name{};
    int layer = 0; ///< whose parameter it is
    int rows = 1;
    int columns = 0;
    bool is_vector = false;
    std::span<const PackedMatrix> blocks{};
    std::span<const std::string_view>
        gates{}; ///< of a cell's matrices and biases: whose columns the blocks are
    Initializer start{};
    std::span<const float>
        initial{}; ///< of vectors: each block's own starting value where it has one, else 0
    Regularizer penalty{};
    double max_norm = 0; ///< largest norm of a column; 0: any

    constexpr std::size_t size() const {
        return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
    }
    /// Position in the model's buffer of the element at (row, column).
    constexpr std::size_t index(int row, int column) const {
        const int units = blocks.front().units;
        return blocks[static_cast<std::size_t>(column / units)].index(row, column % units);
    }
};

} // namespace timeloom::plan
