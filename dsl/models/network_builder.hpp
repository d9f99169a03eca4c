// Names, numbers and connects the layers of a model, one element after the other.
#pragma once

#include "timeloom/dsl/cells/step_masks.hpp"
#include "timeloom/dsl/models/layer_names.hpp"
#include "timeloom/dsl/models/model.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace timeloom::declaration::detail {

/// Builds a network from a model's elements.
class network_builder {
  public:
    /// `given`: the elements' own names, empty where they have none.
    explicit network_builder(std::span<const std::string_view> given) : made_(given.size()) {
        for (const std::string_view name : given) {
            names_.reserve(name);
        }
    }

    /// Inputs come before all layers, wherever they stand: nodes are numbered so.
    void add_input(int element, model_input input, std::string_view given) {
        input.name = name_for(std::string(given), "input");
        made_[at(element)].node = static_cast<int>(network_.inputs.size());
        network_.inputs.push_back(std::move(input));
    }

    /// `described` is what the layer's describe() gave: one layer or several. `reads` and `states`: elements.
    template <class Described>
    void add_layer(int element, Described described, std::string_view given, const std::vector<int>& reads,
                   const std::vector<int>& states) {
        std::vector<value_source> sources;
        for (const int r : reads) {
            sources.push_back({made_[at(r)].node});
        }
        made_[at(element)].first = network_.layers.size();
        append(std::move(described), std::string(given), sources);
        made_[at(element)].last = network_.layers.size();
        made_[at(element)].node = last_node();
        start_states(made_[at(element)], states);
    }

    /// The layers of element `source` once more, under the names of their own that they have there.
    template <class Described>
    void add_shared_layer(int element, int source, Described described, std::string_view given,
                          const std::vector<int>& reads, const std::vector<int>& states) {
        const std::string original(network_.layers[made_[at(source)].first].declared_name());
        const std::string name = name_for(std::string(given), original);
        const layer_names before = names_;
        add_layer(element, std::move(described), name, reads, states);
        names_ = before;
        const std::size_t distance = made_[at(element)].first - made_[at(source)].first;
        for (std::size_t i = made_[at(element)].first; i < made_[at(element)].last; ++i) {
            layer& l = network_.layers[i];
            l.name = name + network_.layers[i - distance].name.substr(original.size());
            l.shares = static_cast<int>(distance);
        }
    }

    /// What hands on a state of a cell of element `source`.
    void add_final_state(int element, described_final_state described, std::string_view given, int source,
                         const state_place& place) {
        const int node = nodes_with_states(made_[at(source)])[at(place.cell)];
        layer& l = described.inner;
        l.features = l.units = network_.layer_at(node).units;
        const graph& cell = network_.layer_at(node).equations;
        while (cell.states[l.state].label.view() != place.label) {
            ++l.state;
        }
        append(std::move(l), std::string(given), {{node}});
        made_[at(element)] = {network_.layers.size() - 1, network_.layers.size(), last_node()};
    }

    /// One direction of element `source`. The backward one's outputs come last step first.
    void add_direction(int element, described_direction described, std::string_view given, int source) {
        const int node = nodes_with_states(made_[at(source)])[at(described.direction)];
        append(std::move(described.inner), std::string(given), {{node, described.direction == 1}});
        made_[at(element)] = {network_.layers.size() - 1, network_.layers.size(), last_node()};
    }

    /// Masks follow the values from layer to layer, through a join where all that it reads is masked; then
    /// the cells are complete and can be differentiated.
    network finish() {
        std::vector<bool> masked;
        for (const model_input& input : network_.inputs) {
            masked.push_back(input.is_ragged);
        }
        for (layer& l : network_.layers) {
            const auto is_masked = [&](const value_source& s) { return masked[at(s.node)]; };
            const bool reads_masked = l.kind == layer_kind::join && l.merge == merge_mode::concat_time
                                          ? std::ranges::any_of(l.reads, is_masked)
                                          : std::ranges::all_of(l.reads, is_masked);
            if (l.kind == layer_kind::cell) {
                finish_cell(l, reads_masked);
            }
            masked.push_back(hands_on_mask(l, reads_masked));
        }
        return std::move(network_);
    }

  private:
    /// The layers of an element, and what hands on its value.
    struct made {
        std::size_t first = 0, last = 0;
        int node = -1;
    };

    static std::size_t at(int number) { return static_cast<std::size_t>(number); }
    int last_node() const { return network_.node_of_layer(network_.layers.size() - 1); }

    std::string name_for(const std::string& given, const std::string& base) {
        return given.empty() ? names_.next(base) : given;
    }

    void push(layer l, const std::vector<value_source>& reads) {
        l.reads = reads;
        network_.layers.push_back(std::move(l));
    }

    void append(layer l, const std::string& given, const std::vector<value_source>& reads) {
        l.name = name_for(given, l.name);
        push(std::move(l), reads);
    }

    void append(wrapped_layer l, const std::string& given, const std::vector<value_source>& reads) {
        const std::string outer = name_for(given, l.wrapper);
        l.inner.name = outer + "/" + names_.next(l.inner.name);
        push(std::move(l.inner), reads);
    }

    /// The directions of a bidirectional layer are named after the layer that it wraps.
    void append_directions(layer forward, layer backward, const std::string& outer,
                           const std::vector<value_source>& reads) {
        const std::string wrapped = names_.next(forward.name);
        forward.name = outer + "/forward_" + wrapped;
        backward.name = outer + "/backward_" + wrapped;
        push(std::move(forward), reads);
        push(std::move(backward), reads);
    }

    void append(std::array<layer, 2> directions, const std::string& given,
                const std::vector<value_source>& reads) {
        append_directions(directions[0], directions[1], name_for(given, "bidirectional"), reads);
    }

    /// The backward one's outputs come last step first.
    void append(std::array<layer, 3> parts, const std::string& given,
                const std::vector<value_source>& reads) {
        auto& [forward, backward, merged] = parts;
        merged.name = name_for(given, merged.name);
        append_directions(std::move(forward), std::move(backward), merged.name, reads);
        push(std::move(merged), {{last_node() - 1}, {last_node(), true}});
    }

    void append(std::vector<layer> stacked, const std::string& given, std::vector<value_source> reads) {
        const std::string outer = name_for(given, "stacked_cells");
        for (layer& l : stacked) {
            l.name = outer + "/" + names_.next(l.name);
            push(std::move(l), reads);
            reads = {{last_node()}};
        }
    }

    std::vector<int> nodes_with_states(const made& element) const {
        std::vector<int> nodes;
        for (std::size_t i = element.first; i < element.last; ++i) {
            if (!network_.layers[i].equations.states.empty()) {
                nodes.push_back(network_.node_of_layer(i));
            }
        }
        return nodes;
    }

    /// All states of the one element, or the vectors that several hand on, each for one state.
    std::vector<state_source> starts_from(const std::vector<int>& elements) const {
        std::vector<state_source> starts;
        for (const int e : elements) {
            const std::vector<int> nodes = nodes_with_states(made_[at(e)]);
            if (elements.size() > 1 || nodes.empty()) {
                starts.push_back({made_[at(e)].node});
                continue;
            }
            for (const int node : nodes) {
                for (int s = 0; s < network_.layer_at(node).equations.states.size(); ++s) {
                    starts.push_back({node, s});
                }
            }
        }
        return starts;
    }

    void start_states(const made& element, const std::vector<int>& from) {
        const std::vector<state_source> starts = starts_from(from);
        auto next = starts.begin();
        for (std::size_t i = element.first; i < element.last && next != starts.end(); ++i) {
            const int states = network_.layers[i].equations.states.size();
            network_.layers[i].initial_states.assign(next, next + states);
            next += states;
        }
    }

    static void finish_cell(layer& l, bool reads_masked) {
        graph cell = l.equations;
        if (l.recurrent_rate > 0) {
            cell = with_recurrent_dropout(cell);
        }
        if (reads_masked && !cell.states.empty()) {
            cell = with_step_mask(cell);
        }
        l.cell = differentiate(cell);
    }

    static bool hands_on_mask(const layer& l, bool reads_masked) {
        switch (l.kind) {
        case layer_kind::embedding:
            return l.makes_mask || reads_masked;
        case layer_kind::masking:
            return true;
        case layer_kind::repeat:
        case layer_kind::flatten:
        case layer_kind::final_state:
        case layer_kind::pooling:
            return false;
        default:
            return reads_masked && l.return_sequences;
        }
    }

    network network_;
    layer_names names_;
    std::vector<made> made_; ///< by element
};

} // namespace timeloom::declaration::detail
