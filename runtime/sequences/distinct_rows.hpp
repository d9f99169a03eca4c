// The rows of an embedding's table that a batch names, each once: layers multiply them instead of every
// step's.
#pragma once

#include "timeloom/runtime/base/aligned_buffer.hpp"
#include "timeloom/runtime/plan/tuning.hpp"
#include "timeloom/runtime/sequences/sequence_view.hpp"
#include "timeloom/runtime/sequences/table_gradient.hpp"

#include <cstdint>
#include <vector>

namespace timeloom::detail {

class DistinctRows {
  public:
    explicit DistinctRows(const plan::Tuning& tuning) : tuning_(tuning) {}

    /// Makes room for what up to `most_tokens` tokens name, rows of `width` values of a table of
    /// `table_rows`. False: there are too few tokens for it ever to be worth it.
    bool prepare(std::int64_t most_tokens, int table_rows, int width);

    /// To be followed by add() for each of so many tokens.
    void begin(std::int64_t tokens);
    /// Gives the row that `token` names the next number, if it has none yet. False: there are too many rows.
    bool add(std::int32_t token);
    /// True where the tokens added last name so few rows that looking up pays. Otherwise nothing below is
    /// valid.
    bool are_few() const { return are_few_; }
    /// Copies the rows out of the table.
    void gather(const float* table);

    int count() const { return count_; }
    std::int32_t token(int number) const { return tokens_[static_cast<std::size_t>(number)]; }
    /// The number of the row that `token` names. The token must have been added.
    std::int32_t number(std::int32_t token) const {
        return number_of_token_[static_cast<std::size_t>(token)];
    }

    /// The rows as a sequence of so many a time step that matrices stay in a core's cache for all of them;
    /// those at the end have no number and are zero. Its first `steps()` time steps are in use.
    SequenceView values() const { return values_; }
    int steps() const { return (count_ + values_.rows - 1) / values_.rows; }
    struct Place {
        int step, row;
    };
    Place place(int number) const { return {number / values_.rows, number % values_.rows}; }

    /// Gradients of the rows, in the order of `values`, one for each layer that reads them.
    void collect_from(const SequenceView& diff) { gradients_.push_back(diff); }
    /// Adds `scale` times the gradients to the rows of `table` whose token lies in [first, last), in the
    /// order of their numbers.
    void add_gradient(std::int32_t first, std::int32_t last, float scale, const TableGradient& table) const;

  private:
    std::int64_t most_rows(std::int64_t tokens) const;
    int rows_of_step(int most) const;

    const plan::Tuning& tuning_;
    SequenceView values_;
    aligned_buffer<float> memory_;
    std::vector<std::int32_t> number_of_token_, tokens_;
    std::vector<SequenceView> gradients_;
    int count_ = 0, most_ = 0;
    bool are_few_ = false;
};

} // namespace timeloom::detail
