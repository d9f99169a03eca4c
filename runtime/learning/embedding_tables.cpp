#include "timeloom/runtime/learning/embedding_tables.hpp"

#include "timeloom/runtime/base/flush_denormals.hpp"
#include "timeloom/runtime/base/prefetch_lines.hpp"
#include "timeloom/runtime/learning/part_sums.hpp"
#include "timeloom/runtime/simd/elementwise.hpp"

#include <algorithm>

namespace timeloom::detail {

EmbeddingTables::EmbeddingTables(const plan::Model& plan, std::span<float> parameters,
                                 std::span<float> gradients)
    : parameters_(parameters), gradients_(gradients) {
    for (const EmbeddingTable& table : embedding_tables(plan)) {
        tables_.emplace_back(table);
    }
}

/// Calls f(table, first row, last row) for a part's share of every table.
template <class Self, class F>
void EmbeddingTables::for_each_table(Self& self, std::size_t part, std::size_t parts, F&& f) {
    for (auto& table : self.tables_) {
        const std::size_t rows = table.rows, grains = rows / NumberSet::grain;
        const auto begin = [&](std::size_t p) {
            return p == parts ? rows : grains * p / parts * NumberSet::grain;
        };
        f(table, begin(part), begin(part + 1));
    }
}

void EmbeddingTables::name_rows(const BatchPass& batch, OptimizerState& optimizer, std::size_t part,
                                std::size_t parts) {
    for_each_table(*this, part, parts, [&](Table& table, std::size_t first, std::size_t last) {
        table.named.remove_range(first, last);
        batch.for_each_named_rows(
            static_cast<std::size_t>(&table - tables_.data()),
            [&](const NumberSet& rows) { table.named.add_range_of(rows, first, last); });
        // Walking through all rows is faster than picking out more than half of them.
        table.named.fill_crowded_grains(first, last);
        table.named.for_each_run(first, last, [&](std::size_t from, std::size_t to, std::size_t next) {
            prefetch(table, next, optimizer);
            make_up(table, from, to, optimizer);
        });
    });
}

/// The first rows of a run: the processor foresees the others.
void EmbeddingTables::prefetch(const Table& table, std::size_t first, const OptimizerState& optimizer) const {
    const ParameterRange range = table.range(first, std::min(first + 2, table.rows));
    const auto count = static_cast<std::ptrdiff_t>(range.last - range.first);
    prefetch_lines(parameters_.data() + range.first, count);
    prefetch_lines(gradients_.data() + range.first, count);
    optimizer.prefetch(range);
}

/// Makes the steps that rows [first, last) have missed. Neighbours that missed the same ones share a call.
void EmbeddingTables::make_up(Table& table, std::size_t first, std::size_t last, OptimizerState& optimizer) {
    const auto made = [&](std::size_t row) { return std::max(all_made_, table.made[row]); };
    while (first < last) {
        const std::uint64_t since = made(first);
        std::size_t end = first;
        while (end < last && made(end) == since) {
            table.made[end++] = optimizer.steps();
        }
        if (since < optimizer.steps()) {
            optimizer.make_up(parameters_, table.range(first, end), since);
        }
        first = end;
    }
}

void EmbeddingTables::make_up_all(OptimizerState& optimizer, ThreadPool& pool) {
    if (all_made_ == optimizer.steps()) {
        return;
    }
    const std::size_t parts = pool.threads();
    pool.run(parts, [&](std::size_t part) {
        const FlushDenormals flush;
        for_each_table(*this, part, parts, [&](Table& table, std::size_t first, std::size_t last) {
            make_up(table, first, last, optimizer);
        });
    });
    all_made_ = optimizer.steps();
}

void EmbeddingTables::restart(std::uint64_t steps) {
    for (Table& table : tables_) {
        std::ranges::fill(table.made, std::uint64_t{0});
    }
    all_made_ = steps;
}

void EmbeddingTables::sum_gradients(const BatchPass& batch, std::size_t part, std::size_t parts) {
    for_each_table(*this, part, parts, [&](Table& table, std::size_t first, std::size_t last) {
        if (batch.has_fixed_parts()) {
            sum_parts(table, static_cast<std::size_t>(&table - tables_.data()), batch, first, last);
        } else {
            sum_shards(table, batch, first, last);
        }
    });
}

void EmbeddingTables::sum_shards(Table& table, const BatchPass& batch, std::size_t first, std::size_t last) {
    for (const Shard& shard : batch.shards()) {
        for (const int layer : table.layers) {
            shard.add_embedding_gradient(layer, static_cast<std::int32_t>(first),
                                         static_cast<std::int32_t>(last), batch.gradient_scale(),
                                         {gradients_.data() + table.offset});
        }
    }
}

void EmbeddingTables::sum_parts(Table& table, std::size_t number, const BatchPass& batch, std::size_t first,
                                std::size_t last) {
    const PartRange all{0, batch.parts().size()};
    for (PartRowsWalk walk(batch.parts(), all, number, first); walk.row() < last; walk.next()) {
        walk.sum(all, table.width, batch.gradient_scale(),
                 gradients_.data() + table.range(walk.row(), 0).first);
    }
}

float EmbeddingTables::largest_gradient(bool only_named, std::size_t part, std::size_t parts) const {
    float largest = 0;
    for_each_table(*this, part, parts, [&](const Table& table, std::size_t first, std::size_t last) {
        const auto measure = [&](std::size_t from, std::size_t to, std::size_t) {
            const ParameterRange range = table.range(from, to);
            const float* const gradients = gradients_.data() + range.first;
            largest = std::max(largest, elementwise().largest(range.last - range.first, gradients));
        };
        if (only_named) {
            table.named.for_each_run(first, last, measure);
        } else {
            measure(first, last, last);
        }
    });
    return largest;
}

void EmbeddingTables::apply(OptimizerState& optimizer, bool only_named, std::size_t part, std::size_t parts) {
    for_each_table(*this, part, parts, [&](Table& table, std::size_t first, std::size_t last) {
        const auto update = [&](std::size_t from, std::size_t to) {
            // A few rows at a time, so that their gradients are still in the cache when they are cleared.
            for (std::size_t at = from; at < to; at += NumberSet::grain) {
                const ParameterRange range = table.range(at, std::min(to, at + NumberSet::grain));
                optimizer.apply(parameters_, gradients_, range);
                std::fill_n(gradients_.data() + range.first, range.last - range.first, 0.0f);
            }
        };
        if (!only_named) {
            return update(first, last);
        }
        table.named.for_each_run(first, last, [&](std::size_t from, std::size_t to, std::size_t next) {
            prefetch(table, next, optimizer);
            update(from, to);
            for (std::size_t row = from; row < to; ++row) {
                table.made[row] = optimizer.steps();
            }
        });
    });
}

void EmbeddingTables::clear_gradients(std::size_t part, std::size_t parts) {
    for_each_table(*this, part, parts, [&](Table& table, std::size_t first, std::size_t last) {
        const ParameterRange range = table.range(first, last);
        std::fill_n(gradients_.data() + range.first, range.last - range.first, 0.0f);
    });
}

} // namespace timeloom::detail
