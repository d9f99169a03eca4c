#include "timeloom/runtime/learning/part_sums.hpp"

#include <algorithm>

namespace timeloom::detail {

namespace {

void write_scaled(const float* from, std::size_t count, float scale, float* to) {
    if (scale == 1) {
        std::copy_n(from, count, to);
    } else {
        std::transform(from, from + count, to, [scale](float g) { return scale * g; });
    }
}

constexpr TreeSum::Term halves{false, nullptr};

} // namespace

void sum_gradients(std::span<const BatchPart> parts, const PartRange& node, std::size_t first,
                   std::size_t count, float scale, float* sums) {
    TreeSum tree;
    for_each_piece(count, [&](std::size_t at, std::size_t values) {
        const float* const sum = tree(node, values, [&](const PartRange& n) -> TreeSum::Term {
            if (n.size() > 1) {
                return halves;
            }
            const BatchPart& part = parts[n.first];
            return {true, part.rows == 0 ? nullptr : part.gradients.data() + first + at};
        });
        write_scaled(sum, values, scale, sums + at);
    });
}

PartRowsWalk::PartRowsWalk(std::span<const BatchPart> parts, const PartRange& range, std::size_t table,
                           std::size_t first_row)
    : range_(range) {
    for (const BatchPart& part : parts.subspan(range.first, range.size())) {
        const TableRows& of_part = part.tables[table];
        const std::span<const std::int32_t> rows(of_part.rows.data(),
                                                 part.rows == 0 ? 0 : of_part.rows.size());
        const auto at = std::ranges::lower_bound(rows, static_cast<std::int32_t>(first_row));
        cursors_.push_back({rows, of_part.values.data(), static_cast<std::size_t>(at - rows.begin())});
    }
    find_row();
}

void PartRowsWalk::find_row() {
    row_ = end;
    for (const Cursor& cursor : cursors_) {
        row_ = std::min(row_, cursor.row());
    }
}

void PartRowsWalk::next() {
    for (Cursor& cursor : cursors_) {
        cursor.at += cursor.row() == row_ ? 1 : 0;
    }
    find_row();
}

void PartRowsWalk::sum(const PartRange& node, std::size_t width, float scale, float* sums) {
    for_each_piece(width, [&](std::size_t at, std::size_t values) {
        const float* const sum = tree_(node, values, [&](const PartRange& n) -> TreeSum::Term {
            if (n.size() > 1) {
                return halves;
            }
            const Cursor& cursor = cursors_[n.first - range_.first];
            return {true, cursor.row() == row_ ? cursor.values + cursor.at * width + at : nullptr};
        });
        write_scaled(sum, values, scale, sums + at);
    });
}

} // namespace timeloom::detail
