// Sums of gradients over the parts of a batch, in the order of their tree.
#pragma once

#include "timeloom/runtime/distributed/part_tree.hpp"
#include "timeloom/runtime/pass/batch_part.hpp"

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace timeloom::detail {

/// Calls f(first, count) for pieces of [0, count) that a TreeSum takes at a time.
template <class F>
void for_each_piece(std::size_t count, F&& f) {
    for (std::size_t first = 0; first < count; first += TreeSum::most_values) {
        f(first, std::min(TreeSum::most_values, count - first));
    }
}

/// sums = scale · the sum over the parts of `node` of their gradients [first, first + count), which come
/// behind dense_begin. At least one of the parts has rows.
void sum_gradients(std::span<const BatchPart> parts, const PartRange& node, std::size_t first,
                   std::size_t count, float scale, float* sums);

/// Walks through the rows of a table that some parts name, in rising order.
class PartRowsWalk {
  public:
    static constexpr std::size_t end = std::numeric_limits<std::size_t>::max();

    /// Through rows from `first_row` on that a part of `range` names.
    PartRowsWalk(std::span<const BatchPart> parts, const PartRange& range, std::size_t table,
                 std::size_t first_row);

    /// The row at hand; `end` behind the last one.
    std::size_t row() const { return row_; }
    void next();
    /// sums = scale · the sum over the parts of `node` of the row's gradient. At least one of them names the
    /// row.
    void sum(const PartRange& node, std::size_t width, float scale, float* sums);

  private:
    struct Cursor {
        std::span<const std::int32_t> rows;
        const float* values;
        std::size_t at;
        std::size_t row() const { return at == rows.size() ? end : static_cast<std::size_t>(rows[at]); }
    };
    void find_row();

    PartRange range_;
    std::vector<Cursor> cursors_; ///< one for each part of the range
    std::size_t row_ = end;
    TreeSum tree_;
};

} // namespace timeloom::detail
