// What a thread's rows of a batch look up: the rows of embeddings that their tokens name, and the cells'
// products with them.
#pragma once

#include "timeloom/runtime/base/number_set.hpp"
#include "timeloom/runtime/cells/looked_up_input.hpp"
#include "timeloom/runtime/tensors/inputs.hpp"

#include <memory>
#include <span>
#include <vector>

namespace timeloom::detail {

/// Made once for a batch, whatever groups its rows are then computed in.
class LookUps {
  public:
    LookUps(const plan::Model& plan, ParameterView parameters) : plan_(plan), parameters_(parameters) {}

    /// Makes room for batches of up to so many rows. What was got from here before is no more.
    void prepare(int most_rows, bool training);
    void clear() { readers_.clear(), tables_.clear(); }
    bool are_any() const { return !readers_.empty(); }

    /// The distinct rows that the batch names of the embedding at `layer`; nullptr where a batch has too few
    /// tokens, or no cell looks products with these rows up.
    const DistinctRows* rows(int layer) const;
    /// True if others than cells that look products up read the embedding at `layer`.
    bool has_other_readers(int layer) const;
    /// The looked-up input of the cell at `layer`; nullptr where the cell reads its input step by step.
    LookedUpInput* input(int layer) const;
    /// True if somebody reads steps of an embedding of the present batch.
    bool hand_out_steps() const;

    /// Finds the rows that these samples name, which reads every token once and no parameter.
    void find(const Inputs& x, std::span<const std::size_t> samples);
    /// The rows that were found of the embedding at `layer`, where the pass is to learn.
    const NumberSet& named_rows(int layer) const { return find_table(layer)->named; }
    /// All products with the rows that were found.
    void multiply();
    void begin_backward();
    /// After all gate gradients have been added.
    void finish_backward(float* gradients);
    /// Adds `scale` times the gradient of the rows whose token lies in [first, last) to `table`.
    void add_gradient(int layer, std::int32_t first, std::int32_t last, float scale,
                      const TableGradient& table) const;

  private:
    struct Table {
        int layer, input;
        std::unique_ptr<DistinctRows> rows; ///< where somebody looks products up
        bool has_other_readers;
        NumberSet named; ///< empty where the pass does not learn
    };
    struct Reader {
        int layer;
        std::unique_ptr<LookedUpInput> input;
    };
    const Table* find_table(int layer) const;
    bool can_look_up(std::size_t layer, bool training) const;
    void prepare_table(std::size_t layer, int most_rows, bool training);
    static void find(Table& table, const TokenMatrix& tokens, std::span<const std::size_t> samples);

    const plan::Model& plan_;
    ParameterView parameters_;
    std::vector<Table> tables_;
    std::vector<Reader> readers_;
};

} // namespace timeloom::detail
