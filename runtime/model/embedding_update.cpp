// Embedding tables: of many rows a batch names few, and only those are updated at once.
//
// A row that no token names has gradient zero, but moments of the optimizer still move it. That is postponed
// until the row is named again, or until somebody asks for the parameters: OptimizerState::make_up() then
// makes all missed steps while the row is in cache.
#include "timeloom/runtime/base/flush_denormals.hpp"
#include "timeloom/runtime/base/prefetch_lines.hpp"
#include "timeloom/runtime/model/model_impl.hpp"
#include "timeloom/runtime/simd/elementwise.hpp"

#include <algorithm>

namespace timeloom {

/// Penalties have gradients in every row, and constraints change every row. Layers called by a program name
/// their rows only while the forward pass goes on.
bool Model::Impl::postpones_rows() const {
    return !tables_.empty() && !regularizer_.is_active() && !constraint_.is_active() && !has_call();
}

/// Calls f(table, first row, last row) for a part's share of every table.
template <class F>
void Model::Impl::for_each_table(std::size_t part, std::size_t parts, F&& f) {
    for (EmbeddingTable& table : tables_) {
        const std::size_t rows = table.rows.rows(), grains = rows / NamedRows::grain;
        const auto begin = [&](std::size_t p) {
            return p == parts ? rows : grains * p / parts * NamedRows::grain;
        };
        f(table, begin(part), begin(part + 1));
    }
}

/// Of the batch that the shards have loaded; brings the rows up to date before they are read.
void Model::Impl::name_rows(std::size_t part, std::size_t parts) {
    const FlushDenormals flush;
    for_each_table(part, parts, [&](EmbeddingTable& table, std::size_t first, std::size_t last) {
        table.rows.forget(first, last);
        for (std::size_t s = 0; s < used_shards_; ++s) {
            for (const int layer : table.layers) {
                shards_[s].for_each_token(static_cast<std::size_t>(layer), [&](std::int32_t token) {
                    const auto row = static_cast<std::size_t>(token);
                    if (row >= first && row < last) {
                        table.rows.name(row);
                    }
                });
            }
        }
        // Walking through all rows is faster than picking out more than half of them.
        if (2 * table.rows.count(first, last) > last - first) {
            for (std::size_t row = first; row < last; ++row) {
                table.rows.name(row);
            }
        }
        table.rows.for_each_run(first, last, [&](std::size_t from, std::size_t to, std::size_t next) {
            prefetch_rows(table, next);
            make_up_rows(table, from, to);
        });
    });
}

/// The first rows of a run: the processor foresees the others.
void Model::Impl::prefetch_rows(const EmbeddingTable& table, std::size_t first) const {
    const ParameterRange range = table.range(first, std::min(first + 2, table.rows.rows()));
    const auto count = static_cast<std::ptrdiff_t>(range.last - range.first);
    prefetch_lines(parameters_.data() + range.first, count);
    prefetch_lines(gradients_.data() + range.first, count);
    optimizer_->prefetch(range);
}

/// Rows that have missed the same steps together.
void Model::Impl::make_up_rows(EmbeddingTable& table, std::size_t first, std::size_t last) {
    const auto made = [&](std::size_t row) { return std::max(all_made_, table.rows.step(row)); };
    while (first < last) {
        const std::uint64_t since = made(first);
        std::size_t end = first;
        while (end < last && made(end) == since) {
            table.rows.step(end++) = optimizer_->steps();
        }
        if (since < optimizer_->steps()) {
            optimizer_->make_up(parameters_.span(), table.range(first, end), since);
        }
        first = end;
    }
}

void Model::Impl::make_up_all_rows() {
    if (!optimizer_ || all_made_ == optimizer_->steps()) {
        return;
    }
    const std::size_t parts = pool_.threads();
    pool_.run(parts, [&](std::size_t part) {
        const FlushDenormals flush;
        for_each_table(part, parts, [&](EmbeddingTable& table, std::size_t first, std::size_t last) {
            make_up_rows(table, first, last);
        });
    });
    all_made_ = optimizer_->steps();
}

/// All rows are as the optimizer's present step leaves them.
void Model::Impl::restart_rows() {
    for (EmbeddingTable& table : tables_) {
        table.rows.restart();
    }
    all_made_ = optimizer_ ? optimizer_->steps() : 0;
}

void Model::Impl::sum_embedding_gradients(std::size_t part, std::size_t parts) {
    for_each_table(part, parts, [&](EmbeddingTable& table, std::size_t first, std::size_t last) {
        for (std::size_t s = 0; s < used_shards_; ++s) {
            for (const int layer : table.layers) {
                shards_[s].add_embedding_gradient(layer, static_cast<std::int32_t>(first),
                                                  static_cast<std::int32_t>(last), gradient_scale_,
                                                  gradients_.data() + table.offset);
            }
        }
    });
}

float Model::Impl::largest_embedding_gradient(std::size_t part, std::size_t parts) {
    float largest = 0;
    const bool postpones = postpones_rows();
    for_each_table(part, parts, [&](EmbeddingTable& table, std::size_t first, std::size_t last) {
        const auto measure = [&](std::size_t from, std::size_t to, std::size_t) {
            const ParameterRange range = table.range(from, to);
            const float* const gradients = gradients_.data() + range.first;
            largest = std::max(largest, elementwise().largest(range.last - range.first, gradients));
        };
        if (postpones) {
            table.rows.for_each_run(first, last, measure);
        } else {
            measure(first, last, last);
        }
    });
    return largest;
}

void Model::Impl::apply_embedding_gradients(std::size_t part, std::size_t parts) {
    const bool postpones = postpones_rows();
    for_each_table(part, parts, [&](EmbeddingTable& table, std::size_t first, std::size_t last) {
        const auto update = [&](std::size_t from, std::size_t to) {
            // A few rows at a time, so that their gradients are still in the cache when they are cleared.
            for (std::size_t at = from; at < to; at += NamedRows::grain) {
                const ParameterRange range = table.range(at, std::min(to, at + NamedRows::grain));
                optimizer_->apply(parameters_.span(), gradients_.span(), range);
                std::fill_n(gradients_.data() + range.first, range.last - range.first, 0.0f);
            }
        };
        if (!postpones) {
            return update(first, last);
        }
        table.rows.for_each_run(first, last, [&](std::size_t from, std::size_t to, std::size_t next) {
            prefetch_rows(table, next);
            update(from, to);
            for (std::size_t row = from; row < to; ++row) {
                table.rows.step(row) = optimizer_->steps();
            }
        });
    });
}

void Model::Impl::clear_embedding_gradients(std::size_t part, std::size_t parts) {
    for_each_table(part, parts, [&](EmbeddingTable& table, std::size_t first, std::size_t last) {
        const ParameterRange range = table.range(first, last);
        std::fill_n(gradients_.data() + range.first, range.last - range.first, 0.0f);
    });
}

} // namespace timeloom
