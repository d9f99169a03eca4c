// describe(model): the declaration as plain data, its layers named as Keras names them.
#pragma once

#include "timeloom/dsl/model.hpp"
#include "timeloom/dsl/step_masks.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>

namespace timeloom::dsl {

namespace detail {

/// Names as Keras gives them: lstm, lstm_1, dense, …
class layer_names {
  public:
    /// A name that next() does not give.
    void reserve(std::string_view name) { seen_.emplace(name); }
    std::string next(const std::string& base) {
        std::string name = base;
        while (!seen_.insert(name).second) {
            name = base + "_" + std::to_string(++repeats_[base]);
        }
        return name;
    }

  private:
    std::set<std::string> seen_;
    std::map<std::string, int> repeats_;
};

/// Builds a network from a model's elements, one after the other.
class network_builder {
  public:
    /// `given`: the elements' own names, empty where they have none.
    explicit network_builder(std::span<const std::string_view> given) : node_of_(given.size(), -1) {
        for (const std::string_view name : given) {
            names_.reserve(name);
        }
    }

    /// Inputs come before all layers, wherever they stand: nodes are numbered so.
    void add_input(int element, model_input input, std::string_view given) {
        input.name = name_for(std::string(given), "input");
        node_of_[static_cast<std::size_t>(element)] = static_cast<int>(network_.inputs.size());
        network_.inputs.push_back(std::move(input));
    }

    /// `described` is what the layer's describe() gave: one layer or several.
    template <class Described>
    void add_layer(int element, Described described, std::string_view given, const std::vector<int>& reads,
                   const std::vector<int>& states) {
        const std::string name(given);
        std::vector<value_source> sources;
        for (const int r : reads) {
            sources.push_back({node_of_[static_cast<std::size_t>(r)]});
        }
        append(std::move(described), name, sources);
        for (const int s : states) {
            add_initial_states(network_.layers.back(), node_of_[static_cast<std::size_t>(s)],
                               states.size() == 1);
        }
        node_of_[static_cast<std::size_t>(element)] = last_node();
    }

    /// Masks follow the values from layer to layer, through a join where all that it reads is masked; then
    /// the cells are complete and can be differentiated.
    network finish() {
        std::vector<bool> masked;
        for (const model_input& input : network_.inputs) {
            masked.push_back(input.is_ragged);
        }
        for (layer& l : network_.layers) {
            const bool reads_masked = std::ranges::all_of(l.reads, [&](const value_source& source) {
                return masked[static_cast<std::size_t>(source.node)];
            });
            if (l.kind == layer_kind::cell) {
                finish_cell(l, reads_masked);
            }
            masked.push_back(hands_on_mask(l, reads_masked));
        }
        return std::move(network_);
    }

  private:
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

    /// The directions of a bidirectional layer are named after the layer that it wraps. The backward one's
    /// outputs come last step first.
    void append(std::array<layer, 3> parts, const std::string& given,
                const std::vector<value_source>& reads) {
        auto& [forward, backward, merged] = parts;
        const std::string wrapped = names_.next(forward.name);
        merged.name = name_for(given, merged.name);
        forward.name = merged.name + "/forward_" + wrapped;
        backward.name = merged.name + "/backward_" + wrapped;
        push(std::move(forward), reads);
        const int forward_node = last_node();
        push(std::move(backward), reads);
        push(std::move(merged), {{forward_node}, {forward_node + 1, true}});
    }

    void append(std::vector<layer> stacked, const std::string& given, std::vector<value_source> reads) {
        const std::string outer = name_for(given, "stacked_cells");
        for (layer& l : stacked) {
            l.name = outer + "/" + names_.next(l.name);
            push(std::move(l), reads);
            reads = {{last_node()}};
        }
    }

    void append(described_final_state l, const std::string& given, const std::vector<value_source>& reads) {
        const graph& cell = network_.layer_at(reads[0].node).equations;
        while (cell.states[l.inner.state].label.view() != l.state) {
            ++l.inner.state;
        }
        append(std::move(l.inner), given, reads);
    }

    void add_initial_states(layer& l, int node, bool all_states) {
        const bool is_recurrent =
            !network_.is_input(node) && !network_.layer_at(node).equations.states.empty();
        if (!is_recurrent || !all_states) {
            l.initial_states.push_back({node});
            return;
        }
        for (int s = 0; s < network_.layer_at(node).equations.states.size(); ++s) {
            l.initial_states.push_back({node, s});
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
            return false;
        default:
            return reads_masked && l.return_sequences;
        }
    }

    network network_;
    layer_names names_;
    std::vector<int> node_of_; ///< by element
};

template <int... Numbers>
std::vector<int> as_vector(std::integer_sequence<int, Numbers...>) {
    return {Numbers...};
}

} // namespace detail

/// The model as plain data. A bidirectional layer is three layers: its directions, and what joins them.
template <class Shapes, class... Elements>
network describe(const model<Shapes, Elements...>& m) {
    using model_type = model<Shapes, Elements...>;
    detail::network_builder builder(model_type::names::names);
    m.for_each_element([&](auto position, const auto& element) {
        if constexpr (is_input<decltype(std::remove_cvref_t<decltype(element)>::layer)>) {
            builder.add_input(position, element.layer.describe(), element.name());
        }
    });
    m.for_each_element([&](auto position, const auto& element) {
        constexpr int at = decltype(position)::value;
        using element_type = std::remove_cvref_t<decltype(element)>;
        if constexpr (!is_input<decltype(element_type::layer)>) {
            using reads = typename model_type::template reads_of<at, element_type>;
            using states = typename model_type::template states_of<at, element_type>;
            const auto described = [&]<int... Read>(std::integer_sequence<int, Read...>) {
                return element.layer.template describe<typename model_type::template shape_at<Read>...>();
            };
            builder.add_layer(at, described(reads{}), element.name(), detail::as_vector(reads{}),
                              detail::as_vector(states{}));
        }
    });
    return builder.finish();
}

} // namespace timeloom::dsl
