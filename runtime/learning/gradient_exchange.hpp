// The sum of all ranks' gradients.
//
// Every rank sums a slice of all gradients: it gets its slice of what the others' parts found, sums in the
// order of the parts' tree, and gives the sum to all. A rank gives, instead of its parts, the largest nodes
// of the tree that it has all parts of: one for each other rank where the numbers of parts and ranks are
// powers of two. Of embeddings the rows that the batch names are given and no others; as every rank knows all
// tokens, nobody tells which.
#pragma once

#include "timeloom/runtime/learning/part_sums.hpp"
#include "timeloom/runtime/pass/batch_pass.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace timeloom::detail {

class GradientExchange {
  public:
    /// `gradients`: of all parameters of the plan, which must outlive this.
    GradientExchange(const plan::Model& plan, std::span<float> gradients);

    /// What all ranks do at the same time, after they have learned the same batch.
    void sum(Communicator& ranks, BatchPass& batch);

  private:
    /// The rows of a table that the batch names, in rising order, and by which parts each is named.
    struct NamedRows {
        std::vector<std::int32_t> rows;
        std::vector<std::uint64_t> parts; ///< a bit for each
    };
    struct Node {
        PartRange parts;
        std::size_t rank;
    };
    struct Range {
        std::size_t first, last;
        std::size_t size() const { return last - first; }
    };

    void find_rows(std::span<const BatchPart> parts);
    void find_nodes(std::size_t ranks, std::span<const BatchPart> parts);
    Range dense_slice(std::size_t owner) const { return slice(dense_size_ / 16, owner, 16, dense_size_); }
    Range row_slice(std::size_t table, std::size_t owner) const {
        const std::size_t rows = named_[table].rows.size();
        return slice(rows, owner, 1, rows);
    }
    Range slice(std::size_t units, std::size_t owner, std::size_t unit, std::size_t end) const;
    template <class F>
    void for_each_node(std::size_t rank, F&& f) const;
    std::size_t values_of_node(const Node& node, std::size_t owner) const;
    std::size_t values_given(std::size_t rank, std::size_t owner) const;
    std::size_t values_summed(std::size_t owner) const;
    void fill(std::size_t rank, std::size_t owner, std::span<const BatchPart> parts, float* message) const;
    void sum_slice(std::size_t owner, float scale);
    TreeSum::Term term(const PartRange& node, std::uint64_t present,
                       std::span<const float* const> values) const;
    void put_sums(std::size_t owner, const float* sums);
    void exchange(Communicator& ranks, std::span<const std::span<const float>> given,
                  std::span<const std::size_t> got_sizes);

    std::span<float> gradients_;
    std::size_t dense_begin_, dense_size_;
    std::vector<EmbeddingTable> tables_;
    std::vector<NamedRows> named_; ///< by table
    std::size_t ranks_ = 1, parts_ = 1;
    std::vector<Node> nodes_; ///< that ranks give, by rank
    std::array<std::array<std::int8_t, most_parts + 1>, most_parts> number_of_node_{}; ///< -1: none is given
    std::uint64_t present_ = 0;                      ///< the parts that have rows
    std::vector<aligned_buffer<float>> given_, got_; ///< by rank
    aligned_buffer<float> sums_;
};

} // namespace timeloom::detail
