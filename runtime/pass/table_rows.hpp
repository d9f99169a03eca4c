// The rows of embeddings' tables that the tokens of some samples name, and their gradients.
#pragma once

#include "timeloom/runtime/base/aligned_buffer.hpp"
#include "timeloom/runtime/base/number_set.hpp"
#include "timeloom/runtime/plan/model.hpp"
#include "timeloom/runtime/sequences/table_gradient.hpp"
#include "timeloom/runtime/tensors/inputs.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace timeloom::detail {

/// Which samples make up a batch: places in the inputs.
using Samples = std::span<const std::size_t>;

/// A table of the parameters with the embeddings that read it: one, or all that share it.
struct EmbeddingTable {
    std::vector<int> layers;
    std::vector<std::size_t> inputs; ///< whose tokens these layers read as declared
    std::size_t offset, width, rows;
};
std::vector<EmbeddingTable> embedding_tables(const plan::Model& plan);

/// Some rows of a table, with a vector of the table's width each, in rising order.
struct TableRows {
    explicit TableRows(const EmbeddingTable& table) : named(table.rows) {}

    NumberSet named;
    std::vector<std::int32_t> rows; ///< those that are named, after clear_values()
    aligned_buffer<float> values;

    /// Names the rows that these samples name, and no others. `called`: layers are called by the user's own
    /// loop, so that any input's tokens may be read.
    void name(const EmbeddingTable& table, const Inputs& x, Samples samples, bool called);
    /// Makes all values zero. What it returns adds to them; `places` is made to hold each row's place.
    TableGradient clear_values(const EmbeddingTable& table, std::vector<std::int32_t>& places);
};

} // namespace timeloom::detail
