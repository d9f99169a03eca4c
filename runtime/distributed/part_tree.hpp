// In which order the parts of a batch are summed, and which rank computes which parts.
//
// The parts are the leaves of a binary tree, whose nodes are halved until they are single parts. A sum is
// that of its two halves, and a half that has no rows is left out. So the bits of a sum do not depend on who
// computed which part.
#pragma once

#include "timeloom/runtime/simd/elementwise.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace timeloom::detail {

/// Parts [first, last) of a batch.
struct PartRange {
    std::size_t first, last;
    std::size_t size() const { return last - first; }
    bool holds(const PartRange& other) const { return first <= other.first && other.last <= last; }
    bool operator==(const PartRange&) const = default;
};

/// As many as bits of a set of parts.
constexpr std::size_t most_parts = 64;
/// The parts of a batch where several ranks train, unless somebody says otherwise.
constexpr std::size_t parts_for_ranks = 8;

/// Which parts a rank computes.
inline PartRange parts_of_rank(std::size_t parts, std::size_t rank, std::size_t ranks) {
    return {parts * rank / ranks, parts * (rank + 1) / ranks};
}

inline std::uint64_t bits_of(const PartRange& parts) {
    const std::uint64_t below_last =
        parts.last == most_parts ? ~std::uint64_t{0} : (std::uint64_t{1} << parts.last) - 1;
    return below_last & ~((std::uint64_t{1} << parts.first) - 1);
}

inline std::array<PartRange, 2> halves_of(const PartRange& node) {
    const std::size_t middle = node.first + (node.size() + 1) / 2;
    return {PartRange{node.first, middle}, PartRange{middle, node.last}};
}

/// Adds the largest nodes at or below `node` that lie within `range`, from left to right.
inline void add_nodes_within(const PartRange& range, const PartRange& node, std::vector<PartRange>& nodes) {
    if (range.holds(node)) {
        nodes.push_back(node);
    } else if (node.size() > 1 && node.first < range.last && range.first < node.last) {
        for (const PartRange& half : halves_of(node)) {
            add_nodes_within(range, half, nodes);
        }
    }
}

/// Sums vectors of a few values over the tree.
class TreeSum {
  public:
    static constexpr std::size_t most_values = 256; ///< at a time

    /// What a node adds: a vector, nothing (a null pointer), or what its halves add.
    struct Term {
        bool is_known;
        const float* values;
    };

    /// The sum of the `count` values that the nodes at or below `node` add, as term(node) tells; null where
    /// there are none. What it returns is a term, or good until the next call.
    template <class F>
    const float* operator()(const PartRange& node, std::size_t count, F&& term) {
        return sum(node, count, term, 0);
    }

  private:
    template <class F>
    const float* sum(const PartRange& node, std::size_t count, F& term, std::size_t level) {
        if (const Term t = term(node); t.is_known) {
            return t.values;
        }
        const std::array<PartRange, 2> halves = halves_of(node);
        const float* const left = sum(halves[0], count, term, level);
        // What the left half has computed lies at this level, which the right half leaves alone.
        const float* const right =
            sum(halves[1], count, term, left == levels_[level].data() ? level + 1 : level);
        if (left == nullptr || right == nullptr) {
            return left == nullptr ? right : left;
        }
        float* const total = levels_[level].data();
        if (left != total && right != total) {
            std::copy_n(left, count, total);
        }
        elementwise().add(count, total, right == total ? left : right);
        return total;
    }

    std::array<std::array<float, most_values>, 8> levels_;
};

} // namespace timeloom::detail
