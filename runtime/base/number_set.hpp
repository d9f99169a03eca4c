// A set of numbers below a limit: a bit for each.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace timeloom::detail {

/// Threads may work on different ranges of numbers at a time when the ranges begin at multiples of `grain`.
class NumberSet {
  public:
    static constexpr std::size_t grain = 64;

    explicit NumberSet(std::size_t limit) : limit_(limit), bits_((limit + grain - 1) / grain) {}

    std::size_t limit() const { return limit_; }
    bool holds(std::size_t number) const { return (bits_[number / grain] >> number % grain & 1) != 0; }
    void add(std::size_t number) { bits_[number / grain] |= std::uint64_t{1} << number % grain; }
    /// Adds what `other`, which has the same limit, holds of [first, last).
    void add_range_of(const NumberSet& other, std::size_t first, std::size_t last) {
        std::transform(word(first), end_word(last), other.bits_.data() + first / grain, word(first),
                       std::bit_or());
    }
    void remove_range(std::size_t first, std::size_t last) {
        std::fill(word(first), end_word(last), std::uint64_t{0});
    }
    void clear() { remove_range(0, limit_); }
    /// Adds all numbers of those grains in [first, last) that hold more than half of theirs.
    void fill_crowded_grains(std::size_t first, std::size_t last) {
        std::replace_if(
            word(first), end_word(last), [](std::uint64_t w) { return 2 * std::popcount(w) > int{grain}; },
            ~std::uint64_t{0});
    }

    /// Calls f(first, last, next) for every run of numbers of the set within [first, last), in rising order;
    /// the next run begins at `next`.
    template <class F>
    void for_each_run(std::size_t first, std::size_t last, F&& f) const {
        std::size_t number = next(first, last, 0);
        while (number < last) {
            const std::size_t end = next(number, last, ~std::uint64_t{0});
            const std::size_t next_run = next(end, last, 0);
            f(number, end, next_run);
            number = next_run;
        }
    }

  private:
    std::uint64_t* word(std::size_t number) { return bits_.data() + number / grain; }
    std::uint64_t* end_word(std::size_t last) { return word(last + grain - 1); }

    /// The first number from `number` on whose bit differs from those of `pattern`, or `last`.
    std::size_t next(std::size_t number, std::size_t last, std::uint64_t pattern) const {
        while (number < last) {
            const std::uint64_t differing = (bits_[number / grain] ^ pattern) >> number % grain;
            if (differing != 0) {
                return std::min(last, number + static_cast<std::size_t>(std::countr_zero(differing)));
            }
            number = (number / grain + 1) * grain;
        }
        return last;
    }

    std::size_t limit_;
    std::vector<std::uint64_t> bits_;
};

} // namespace timeloom::detail
