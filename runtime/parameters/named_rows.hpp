// Which rows of an embedding table a batch names, and up to which step of the optimizer each row is made.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace timeloom {

/// Threads may work on different ranges of rows at a time when the ranges begin at multiples of `grain`.
class NamedRows {
  public:
    static constexpr std::size_t grain = 64;

    explicit NamedRows(std::size_t rows) : names_((rows + grain - 1) / grain), steps_(rows) {}

    std::size_t rows() const { return steps_.size(); }
    void name(std::size_t row) { names_[row / grain] |= std::uint64_t{1} << row % grain; }

    /// Calls f(first, last, next) for every run of named rows within [first, last), in rising order; the next
    /// run begins at `next`, so that it can be prefetched.
    template <class F>
    void for_each_run(std::size_t first, std::size_t last, F&& f) const {
        std::size_t row = next(first, last, 0);
        while (row < last) {
            const std::size_t end = next(row, last, ~std::uint64_t{0});
            const std::size_t next_row = next(end, last, 0);
            f(row, end, next_row);
            row = next_row;
        }
    }

    void forget(std::size_t first, std::size_t last) {
        std::fill(names_.begin() + static_cast<std::ptrdiff_t>(first / grain),
                  names_.begin() + static_cast<std::ptrdiff_t>((last + grain - 1) / grain), std::uint64_t{0});
    }

    std::size_t count(std::size_t first, std::size_t last) const {
        std::size_t named = 0;
        for_each_run(first, last, [&](std::size_t from, std::size_t to, std::size_t) { named += to - from; });
        return named;
    }

    void restart() { std::ranges::fill(steps_, std::uint64_t{0}); }

    /// The optimizer's step up to which the row is made.
    std::uint64_t& step(std::size_t row) { return steps_[row]; }

  private:
    /// The first row from `row` on whose bit differs from those of `pattern`, or `last`.
    std::size_t next(std::size_t row, std::size_t last, std::uint64_t pattern) const {
        while (row < last) {
            const std::uint64_t differing = (names_[row / grain] ^ pattern) >> row % grain;
            if (differing != 0) {
                return std::min(last, row + static_cast<std::size_t>(std::countr_zero(differing)));
            }
            row = (row / grain + 1) * grain;
        }
        return last;
    }

    std::vector<std::uint64_t> names_; ///< a bit for each row
    std::vector<std::uint64_t> steps_;
};

} // namespace timeloom
