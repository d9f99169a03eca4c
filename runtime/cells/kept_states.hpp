// What stateful layers remember from batch to batch.
#pragma once

#include "timeloom/runtime/base/aligned_buffer.hpp"
#include "timeloom/runtime/plan/model.hpp"
#include "timeloom/runtime/tensors/tensor.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace timeloom::detail {

/// The states of every stateful layer after the last batch: row b of a batch goes on where row b of the batch
/// before ended. All batches have the same number of rows, until reset().
class KeptStates {
  public:
    explicit KeptStates(const plan::Model& network);

    /// True if no layer is stateful.
    bool empty() const { return entries_.empty(); }
    /// Rows of the batches so far; 0 at first and after reset().
    std::size_t rows() const { return rows_; }

    /// Throws Error where there are states for another number of rows.
    void require_rows(std::size_t rows) const;
    /// Makes zero states for `rows` rows where there are none yet; otherwise as require_rows().
    void begin_batch(std::size_t rows);
    void reset() { rows_ = 0; }

    /// Remembers all values, and goes back to those that were remembered last.
    void remember();
    void put_back();

    /// State `state` of the layer at `position` for one row of the batch.
    std::span<float> row(int position, int state, std::size_t row);

    /// One state of one layer.
    struct Entry {
        std::string name; ///< <layer>/<state>
        int position;
        int state;
        int units;
        std::size_t before; ///< floats a row of the entries before this one
    };
    const std::vector<Entry>& entries() const { return entries_; }

    /// An entry's values as (rows, units).
    Tensor values(const Entry& entry) const;
    /// Replaces all values, by entry; all have the same number of rows. None: as reset().
    void restore(const std::vector<const Tensor*>& values);

  private:
    /// Where row `row` of an entry begins in the values.
    std::size_t offset(const Entry& entry, std::size_t row) const;

    std::vector<Entry> entries_;
    std::size_t rows_ = 0;
    std::size_t row_size_ = 0; ///< floats a row of all states
    aligned_buffer<float> values_;
    std::size_t remembered_rows_ = 0;
    aligned_buffer<float> remembered_;
};

} // namespace timeloom::detail
