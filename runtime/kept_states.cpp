#include "timeloom/runtime/kept_states.hpp"

#include "timeloom/runtime/error.hpp"

#include <algorithm>

namespace timeloom {

KeptStates::KeptStates(const dsl::network& network) {
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        const dsl::layer& layer = network.layers[i];
        const int states = layer.stateful ? layer.cell.step.states.size() : 0;
        for (int s = 0; s < states; ++s) {
            const std::string name = layer.name + "/" + std::string(layer.cell.step.states[s].label.view());
            entries_.push_back({name, static_cast<int>(i), s, layer.units, row_size_});
            row_size_ += static_cast<std::size_t>(dsl::padded(layer.units));
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

std::span<float> KeptStates::row(int position, int state, std::size_t row) {
    const auto entry = std::ranges::find_if(
        entries_, [&](const Entry& e) { return e.position == position && e.state == state; });
    const auto width = static_cast<std::size_t>(dsl::padded(entry->units));
    return values_.span().subspan(entry->before * rows_ + row * width, width);
}

} // namespace timeloom
