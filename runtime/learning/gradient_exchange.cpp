#include "timeloom/runtime/learning/gradient_exchange.hpp"

#include "timeloom/runtime/base/flush_denormals.hpp"

#include <algorithm>

namespace timeloom::detail {

GradientExchange::GradientExchange(const plan::Model& plan, std::span<float> gradients)
    : gradients_(gradients), dense_begin_(plan.dense_begin),
      dense_size_(plan.parameters_size - plan.dense_begin), tables_(embedding_tables(plan)),
      named_(tables_.size()) {}

void GradientExchange::sum(Communicator& ranks, BatchPass& batch) {
    const FlushDenormals flush;
    const std::size_t rank = ranks.rank();
    find_rows(batch.parts());
    find_nodes(ranks.size(), batch.parts());
    given_.resize(ranks_);
    got_.resize(ranks_);
    std::vector<std::span<const float>> given(ranks_);
    std::vector<std::size_t> sizes(ranks_);
    for (std::size_t other = 0; other < ranks_; ++other) {
        given_[other].reserve_zeroed(values_given(rank, other));
        given[other] = given_[other].span().first(values_given(rank, other));
        sizes[other] = values_given(other, rank);
    }
    batch.pool().run(ranks_, [&](std::size_t owner) {
        const FlushDenormals flush_here;
        fill(rank, owner, batch.parts(), given_[owner].data());
    });
    exchange(ranks, given, sizes);
    std::swap(got_[rank], given_[rank]);
    sum_slice(rank, batch.gradient_scale());
    for (std::size_t other = 0; other < ranks_; ++other) {
        given[other] = sums_.span().first(values_summed(rank));
        sizes[other] = values_summed(other);
    }
    exchange(ranks, given, sizes);
    for (std::size_t owner = 0; owner < ranks_; ++owner) {
        put_sums(owner, owner == rank ? sums_.data() : got_[owner].data());
    }
}

/// Gives given[r] to rank r, and gets got_sizes[r] values of each.
void GradientExchange::exchange(Communicator& ranks, std::span<const std::span<const float>> given,
                                std::span<const std::size_t> got_sizes) {
    std::vector<std::span<const std::byte>> sent;
    std::vector<std::span<std::byte>> received;
    for (std::size_t r = 0; r < ranks_; ++r) {
        got_[r].reserve_zeroed(r == ranks.rank() ? 0 : got_sizes[r]);
        sent.push_back(std::as_bytes(given[r]));
        received.push_back(r == ranks.rank() ? std::span<std::byte>()
                                             : std::as_writable_bytes(got_[r].span().first(got_sizes[r])));
    }
    ranks.exchange(sent, received);
}

// ---- Who gives what ----

void GradientExchange::find_rows(std::span<const BatchPart> parts) {
    for (std::size_t t = 0; t < tables_.size(); ++t) {
        NumberSet all(tables_[t].rows);
        for (const BatchPart& part : parts) {
            all.add_range_of(part.tables[t].named, 0, tables_[t].rows);
        }
        NamedRows& named = named_[t];
        named.rows.clear();
        named.parts.clear();
        all.for_each_run(0, tables_[t].rows, [&](std::size_t first, std::size_t last, std::size_t) {
            for (std::size_t row = first; row < last; ++row) {
                std::uint64_t bits = 0;
                for (std::size_t p = 0; p < parts.size(); ++p) {
                    bits |= std::uint64_t{parts[p].tables[t].named.holds(row)} << p;
                }
                named.rows.push_back(static_cast<std::int32_t>(row));
                named.parts.push_back(bits);
            }
        });
    }
}

void GradientExchange::find_nodes(std::size_t ranks, std::span<const BatchPart> parts) {
    ranks_ = ranks;
    nodes_.clear();
    parts_ = parts.size();
    present_ = 0;
    for (std::size_t p = 0; p < parts.size(); ++p) {
        present_ |= parts[p].rows == 0 ? 0 : std::uint64_t{1} << p;
    }
    for (auto& numbers : number_of_node_) {
        numbers.fill(-1);
    }
    std::vector<PartRange> of_rank;
    for (std::size_t rank = 0; rank < ranks; ++rank) {
        of_rank.clear();
        add_nodes_within(parts_of_rank(parts.size(), rank, ranks), {0, parts.size()}, of_rank);
        for (const PartRange& node : of_rank) {
            if ((bits_of(node) & present_) != 0) {
                number_of_node_[node.first][node.last] = static_cast<std::int8_t>(nodes_.size());
                nodes_.push_back({node, rank});
            }
        }
    }
}

GradientExchange::Range GradientExchange::slice(std::size_t units, std::size_t owner, std::size_t unit,
                                                std::size_t end) const {
    return {units * owner / ranks_ * unit, owner + 1 == ranks_ ? end : units * (owner + 1) / ranks_ * unit};
}

/// Calls f(node) for the nodes that a rank gives.
template <class F>
void GradientExchange::for_each_node(std::size_t rank, F&& f) const {
    for (const Node& node : nodes_) {
        if (node.rank == rank) {
            f(node);
        }
    }
}

std::size_t GradientExchange::values_of_node(const Node& node, std::size_t owner) const {
    std::size_t values = dense_slice(owner).size();
    for (std::size_t t = 0; t < tables_.size(); ++t) {
        const Range rows = row_slice(t, owner);
        for (std::size_t i = rows.first; i < rows.last; ++i) {
            values += (named_[t].parts[i] & bits_of(node.parts)) != 0 ? tables_[t].width : 0;
        }
    }
    return values;
}

std::size_t GradientExchange::values_given(std::size_t rank, std::size_t owner) const {
    std::size_t values = 0;
    for_each_node(rank, [&](const Node& node) { values += values_of_node(node, owner); });
    return values;
}

std::size_t GradientExchange::values_summed(std::size_t owner) const {
    std::size_t values = dense_slice(owner).size();
    for (std::size_t t = 0; t < tables_.size(); ++t) {
        values += row_slice(t, owner).size() * tables_[t].width;
    }
    return values;
}

// ---- Messages: node after node, all dense gradients and then all rows of each ----

void GradientExchange::fill(std::size_t rank, std::size_t owner, std::span<const BatchPart> parts,
                            float* message) const {
    for_each_node(rank, [&](const Node& node) {
        const Range dense = dense_slice(owner);
        sum_gradients(parts, node.parts, dense.first, dense.size(), 1, message);
        message += dense.size();
        for (std::size_t t = 0; t < tables_.size(); ++t) {
            const Range rows = row_slice(t, owner);
            if (rows.size() == 0) {
                continue;
            }
            const std::vector<std::int32_t>& named = named_[t].rows;
            const auto last = static_cast<std::size_t>(named[rows.last - 1]);
            PartRowsWalk walk(parts, node.parts, t, static_cast<std::size_t>(named[rows.first]));
            for (; walk.row() <= last; walk.next()) {
                walk.sum(node.parts, tables_[t].width, 1, message);
                message += tables_[t].width;
            }
        }
    });
}

/// What a node adds to a sum: `values` are those that its rank has given, by number of the node.
TreeSum::Term GradientExchange::term(const PartRange& node, std::uint64_t present,
                                     std::span<const float* const> values) const {
    if ((bits_of(node) & present) == 0) {
        return {true, nullptr};
    }
    const std::int8_t number = number_of_node_[node.first][node.last];
    return number < 0 ? TreeSum::Term{false, nullptr}
                      : TreeSum::Term{true, values[static_cast<std::size_t>(number)]};
}

void GradientExchange::sum_slice(std::size_t owner, float scale) {
    sums_.reserve_zeroed(values_summed(owner));
    float* to = sums_.data();
    std::vector<const float*> at, piece(nodes_.size());
    std::vector<std::size_t> read(ranks_);
    TreeSum tree;
    const auto sum = [&](std::size_t width, std::uint64_t present) {
        for_each_piece(width, [&](std::size_t first, std::size_t count) {
            std::ranges::transform(at, piece.begin(), [&](const float* values) { return values + first; });
            const float* const total = tree(PartRange{0, parts_}, count, [&](const PartRange& node) {
                return term(node, present, piece);
            });
            std::transform(total, total + count, to + first, [scale](float g) { return scale * g; });
        });
        to += width;
    };
    for (const Node& node : nodes_) {
        at.push_back(got_[node.rank].data() + read[node.rank]);
        read[node.rank] += values_of_node(node, owner);
    }
    const std::size_t dense = dense_slice(owner).size();
    sum(dense, present_);
    for (const float*& values : at) {
        values += dense;
    }
    for (std::size_t t = 0; t < tables_.size(); ++t) {
        const Range rows = row_slice(t, owner);
        for (std::size_t i = rows.first; i < rows.last; ++i) {
            const std::uint64_t present = named_[t].parts[i];
            sum(tables_[t].width, present);
            for (std::size_t n = 0; n < nodes_.size(); ++n) {
                at[n] += (present & bits_of(nodes_[n].parts)) != 0 ? tables_[t].width : 0;
            }
        }
    }
}

void GradientExchange::put_sums(std::size_t owner, const float* sums) {
    const Range dense = dense_slice(owner);
    std::copy_n(sums, dense.size(), gradients_.data() + dense_begin_ + dense.first);
    sums += dense.size();
    for (std::size_t t = 0; t < tables_.size(); ++t) {
        const Range rows = row_slice(t, owner);
        for (std::size_t i = rows.first; i < rows.last; ++i) {
            const auto row = static_cast<std::size_t>(named_[t].rows[i]);
            std::copy_n(sums, tables_[t].width,
                        gradients_.data() + tables_[t].offset + row * tables_[t].width);
            sums += tables_[t].width;
        }
    }
}

} // namespace timeloom::detail
