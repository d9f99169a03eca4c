#include "timeloom/runtime/pass/table_rows.hpp"

#include <algorithm>

namespace timeloom::detail {

std::vector<EmbeddingTable> embedding_tables(const plan::Model& plan) {
    std::vector<EmbeddingTable> tables;
    for (std::size_t i = 0; i < plan.layers.size(); ++i) {
        const plan::Layer& l = plan.layers[i];
        if (l.kind != plan::LayerKind::embedding) {
            continue;
        }
        auto table = std::ranges::find(tables, l.vectors, &EmbeddingTable::offset);
        if (table == tables.end()) {
            const auto width = static_cast<std::size_t>(plan::padded(l.units));
            table = tables.insert(table, {{}, {}, l.vectors, width, static_cast<std::size_t>(l.features)});
        }
        table->layers.push_back(static_cast<int>(i));
        const auto input = static_cast<std::size_t>(l.reads[0].node);
        if (std::ranges::find(table->inputs, input) == table->inputs.end()) {
            table->inputs.push_back(input);
        }
    }
    return tables;
}

void TableRows::name(const EmbeddingTable& table, const Inputs& x, Samples samples, bool called) {
    named.clear();
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (!x[i].is_tokens() || (!called && std::ranges::find(table.inputs, i) == table.inputs.end())) {
            continue;
        }
        const TokenMatrix& tokens = x[i].tokens();
        for (const std::size_t sample : samples) {
            const std::int32_t* const first = tokens.values.data() + sample * tokens.columns;
            for (const std::int32_t token : std::span(first, tokens.columns)) {
                if (static_cast<std::size_t>(token) < table.rows) { // else it is for another embedding
                    named.add(static_cast<std::size_t>(token));
                }
            }
        }
    }
}

TableGradient TableRows::clear_values(const EmbeddingTable& table, std::vector<std::int32_t>& places) {
    places.resize(std::max(places.size(), table.rows));
    rows.clear();
    named.for_each_run(0, table.rows, [&](std::size_t first, std::size_t last, std::size_t) {
        for (std::size_t row = first; row < last; ++row) {
            places[row] = static_cast<std::int32_t>(rows.size());
            rows.push_back(static_cast<std::int32_t>(row));
        }
    });
    const std::size_t size = rows.size() * table.width;
    values.reserve_zeroed(size);
    std::fill_n(values.data(), size, 0.0f);
    return {values.data(), places.data()};
}

} // namespace timeloom::detail
