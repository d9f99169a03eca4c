#include "timeloom/runtime/cells/kept_states.hpp"

#include "timeloom/runtime/error.hpp"

#include <algorithm>

namespace timeloom::detail {

KeptStates::KeptStates(const plan::Model& network) {
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        const plan::Layer& layer = network.layers[i];
        const int states = layer.stateful ? layer.cell.state_count() : 0;
        for (int s = 0; s < states; ++s) {
            const std::string name = std::string(layer.name) + "/" +
                                     std::string(layer.cell.states[static_cast<std::size_t>(s)].name);
            entries_.push_back({name, static_cast<int>(i), s, layer.units, row_size_});
            row_size_ += static_cast<std::size_t>(plan::padded(layer.units));
        }
    }
}

void KeptStates::require_rows(std::size_t rows) const {
    if (rows_ != 0 && rows != rows_) {
        throw Error("stateful layers hold the states of batches of " + std::to_string(rows_) +
                    " rows, not of " + std::to_string(rows) + "; keep to one size, or call reset_states()");
    }
}

void KeptStates::begin_batch(std::size_t rows) {
    require_rows(rows);
    if (rows_ == 0 && !empty()) {
        values_.reserve_zeroed(rows * row_size_);
        std::ranges::fill(values_, 0.0f);
        rows_ = rows;
    }
}

void KeptStates::remember() {
    remembered_.reserve_zeroed(values_.size());
    std::ranges::copy(values_, remembered_.begin());
    remembered_rows_ = rows_;
}

void KeptStates::put_back() {
    // Values made since then, of which there were no rows, mean nothing.
    std::copy_n(remembered_.begin(), std::min(remembered_.size(), values_.size()), values_.begin());
    rows_ = remembered_rows_;
}

std::size_t KeptStates::offset(const Entry& entry, std::size_t row) const {
    return entry.before * rows_ + row * static_cast<std::size_t>(plan::padded(entry.units));
}

std::span<float> KeptStates::row(int position, int state, std::size_t row) {
    const auto entry = std::ranges::find_if(
        entries_, [&](const Entry& e) { return e.position == position && e.state == state; });
    return values_.span().subspan(offset(*entry, row), static_cast<std::size_t>(plan::padded(entry->units)));
}

Tensor KeptStates::values(const Entry& entry) const {
    Tensor result(Shape{rows_, static_cast<std::size_t>(entry.units)});
    for (std::size_t row = 0; row < rows_; ++row) {
        std::copy_n(values_.data() + offset(entry, row), entry.units, result.row(row).begin());
    }
    return result;
}

void KeptStates::restore(const std::vector<const Tensor*>& values) {
    const std::size_t rows = values.empty() ? 0 : values.front()->rows();
    values_.reserve_zeroed(rows * row_size_); // may fail, so before anything changes
    reset();
    if (rows == 0) {
        return;
    }
    begin_batch(rows);
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        for (std::size_t row = 0; row < rows_; ++row) {
            std::ranges::copy(values[i]->row(row), values_.data() + offset(entries_[i], row));
        }
    }
}

} // namespace timeloom::detail
