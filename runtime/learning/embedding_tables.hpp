// Embedding tables: of many rows a batch names few, and only those are updated at once.
//
// A row that no token names has gradient zero, but moments of the optimizer still move it. That is postponed
// until the row is named again, or until somebody asks for the parameters: OptimizerState::make_up() then
// makes all missed steps while the row is in cache.
#pragma once

#include "timeloom/runtime/base/number_set.hpp"
#include "timeloom/runtime/base/thread_pool.hpp"
#include "timeloom/runtime/optimizers/optimizers.hpp"
#include "timeloom/runtime/pass/batch_pass.hpp"
#include "timeloom/runtime/plan/model.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace timeloom::detail {

/// A step is called for every part of the rows, from any threads; any number of parts gives the same bits.
class EmbeddingTables {
  public:
    /// Both spans hold all parameters of the plan, and must outlive this.
    EmbeddingTables(const plan::Model& plan, std::span<float> parameters, std::span<float> gradients);

    bool empty() const { return tables_.empty(); }

    /// Takes the rows that the batch names, and brings them up to date.
    void name_rows(const BatchPass& batch, OptimizerState& optimizer, std::size_t part, std::size_t parts);
    /// Sums the gradients of the batch's parts, in the order of their tree where their number is fixed, else
    /// one after the other.
    void sum_gradients(const BatchPass& batch, std::size_t part, std::size_t parts);
    /// The largest magnitude of a gradient. `only_named`: other rows have none.
    float largest_gradient(bool only_named, std::size_t part, std::size_t parts) const;
    /// The optimizer's step, which was begun, and clears the gradients.
    void apply(OptimizerState& optimizer, bool only_named, std::size_t part, std::size_t parts);
    void clear_gradients(std::size_t part, std::size_t parts);

    /// Makes all steps that rows have missed.
    void make_up_all(OptimizerState& optimizer, ThreadPool& pool);
    /// All rows are as the optimizer's step `steps` leaves them.
    void restart(std::uint64_t steps);
    /// The step up to which all rows are made.
    std::uint64_t all_made() const { return all_made_; }
    void set_all_made(std::uint64_t steps) { all_made_ = steps; }

  private:
    /// Where a table's rows lie among the parameters, and what is known of them.
    struct Table : EmbeddingTable {
        explicit Table(const EmbeddingTable& table) : EmbeddingTable(table), named(rows), made(rows) {}
        NumberSet named;                 ///< rows that the batch names
        std::vector<std::uint64_t> made; ///< for each row, the optimizer's step up to which it is made
        ParameterRange range(std::size_t first, std::size_t last) const {
            return {offset + first * width, offset + last * width};
        }
    };

    void sum_shards(Table& table, const BatchPass& batch, std::size_t first, std::size_t last);
    void sum_parts(Table& table, std::size_t number, const BatchPass& batch, std::size_t first,
                   std::size_t last);
    template <class Self, class F>
    static void for_each_table(Self& self, std::size_t part, std::size_t parts, F&& f);
    void prefetch(const Table& table, std::size_t first, const OptimizerState& optimizer) const;
    void make_up(Table& table, std::size_t first, std::size_t last, OptimizerState& optimizer);

    std::span<float> parameters_, gradients_;
    std::vector<Table> tables_;
    std::uint64_t all_made_ = 0;
};

} // namespace timeloom::detail
