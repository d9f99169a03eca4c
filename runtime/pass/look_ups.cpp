#include "timeloom/runtime/pass/look_ups.hpp"

#include <algorithm>

namespace timeloom::detail {

void LookUps::prepare(int most_rows, bool training) {
    clear();
    for (std::size_t l = 0; l < plan_.layers.size(); ++l) {
        if (plan_.layers[l].kind == plan::LayerKind::embedding) {
            prepare_table(l, most_rows, training);
        }
    }
}

/// Dropout of the input makes equal rows different.
bool LookUps::can_look_up(std::size_t layer, bool training) const {
    const plan::Layer& l = plan_.layers[layer];
    const LayerKernels kernels(plan_, l);
    return l.cell.may_look_up_input && !(training && l.rate > 0) &&
           kernels.find(plan::KernelKind::row_products, plan_.tuning.row_tile) != nullptr;
}

void LookUps::prepare_table(std::size_t layer, int most_rows, bool training) {
    const plan::Layer& embedding = plan_.layers[layer];
    const auto node = static_cast<int>(plan_.inputs.size() + layer);
    const auto is_it = [node](const auto& source) { return source.node == node; };
    std::vector<std::size_t> cells;
    bool has_others = layer + 1 == plan_.layers.size();
    for (std::size_t l = 0; l < plan_.layers.size(); ++l) {
        if (std::ranges::any_of(plan_.layers[l].reads, is_it)) {
            if (can_look_up(l, training)) {
                cells.push_back(l);
            } else {
                has_others = true;
            }
        }
        has_others = has_others || std::ranges::any_of(plan_.layers[l].initial_states, is_it);
    }
    tables_.push_back({static_cast<int>(layer), embedding.reads[0].node, nullptr, true,
                       NumberSet(training ? static_cast<std::size_t>(embedding.features) : 0)});
    auto rows = std::make_unique<DistinctRows>(plan_.tuning);
    const std::int64_t tokens = std::int64_t{most_rows} * embedding.output_timesteps();
    if (cells.empty() || !rows->prepare(tokens, embedding.features, embedding.units)) {
        return;
    }
    for (const std::size_t cell : cells) {
        readers_.push_back({static_cast<int>(cell),
                            std::make_unique<LookedUpInput>(plan_, cell, parameters_, *rows, training)});
    }
    tables_.back().rows = std::move(rows);
    tables_.back().has_other_readers = has_others;
}

const LookUps::Table* LookUps::find_table(int layer) const {
    const auto found = std::ranges::find(tables_, layer, &Table::layer);
    return found == tables_.end() ? nullptr : &*found;
}

const DistinctRows* LookUps::rows(int layer) const {
    const Table* const table = find_table(layer);
    return table == nullptr ? nullptr : table->rows.get();
}

bool LookUps::has_other_readers(int layer) const {
    const Table* const table = find_table(layer);
    return table == nullptr || table->has_other_readers;
}

LookedUpInput* LookUps::input(int layer) const {
    const auto found = std::ranges::find(readers_, layer, &Reader::layer);
    return found == readers_.end() ? nullptr : found->input.get();
}

bool LookUps::hand_out_steps() const {
    return std::ranges::any_of(tables_,
                               [](const Table& t) { return t.has_other_readers || !t.rows->are_few(); });
}

void LookUps::find(const Inputs& x, std::span<const std::size_t> samples) {
    for (Table& table : tables_) {
        find(table, x[static_cast<std::size_t>(table.input)].tokens(), samples);
    }
}

void LookUps::find(Table& table, const TokenMatrix& tokens, std::span<const std::size_t> samples) {
    const bool names = table.named.limit() > 0;
    table.named.clear();
    bool numbers = table.rows != nullptr;
    if (numbers) {
        table.rows->begin(static_cast<std::int64_t>(samples.size() * tokens.columns));
    }
    for (const std::size_t sample : samples) {
        const std::int32_t* const row = tokens.values.data() + sample * tokens.columns;
        for (const std::int32_t token : std::span(row, names || numbers ? tokens.columns : 0)) {
            if (names) {
                table.named.add(static_cast<std::size_t>(token));
            }
            numbers = numbers && table.rows->add(token);
        }
    }
}

void LookUps::multiply() {
    for (const Table& table : tables_) {
        if (table.rows != nullptr && table.rows->are_few()) {
            const std::size_t offset = plan_.layers[static_cast<std::size_t>(table.layer)].vectors;
            table.rows->gather(parameters_.values + offset);
        }
    }
    for (const Reader& reader : readers_) {
        if (reader.input->is_used()) {
            reader.input->multiply();
        }
    }
}

void LookUps::begin_backward() {
    for (const Reader& reader : readers_) {
        if (reader.input->is_used()) {
            reader.input->begin_backward();
        }
    }
}

void LookUps::finish_backward(float* gradients) {
    for (const Reader& reader : readers_) {
        if (reader.input->is_used()) {
            reader.input->finish_backward(gradients);
        }
    }
}

void LookUps::add_gradient(int layer, std::int32_t first, std::int32_t last, float scale,
                           const TableGradient& table) const {
    const DistinctRows* const distinct = rows(layer);
    if (distinct != nullptr && distinct->are_few()) {
        distinct->add_gradient(first, last, scale, table);
    }
}

} // namespace timeloom::detail
