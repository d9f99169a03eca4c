// The types of layers: how shapes go through them, how many parameters they have, how they read as plain
// data.
#pragma once

#include "timeloom/dsl/cells/cells.hpp"
#include "timeloom/dsl/cells/products.hpp"
#include "timeloom/dsl/layers/shape.hpp"
#include "timeloom/dsl/network/network.hpp"

#include <string>
#include <type_traits>

namespace timeloom::declaration {

/// input<timesteps>() takes token ids, input<timesteps, features>() vectors.
template <int Timesteps, int Features>
struct input_layer {
    bool is_ragged = false;

    static constexpr fault kind() {
        return Features == 0 ? detail::sized("input", {Timesteps})
                             : detail::sized("input", {Timesteps, Features});
    }

    using output = std::conditional_t<Features == 0, tokens<Timesteps>, sequence<Timesteps, Features>>;
    model_input describe() const {
        return {.name = "input", .timesteps = Timesteps, .features = Features, .is_ragged = is_ragged};
    }
};

/// One vector a sample.
template <int Features>
struct vector_input_layer {
    static constexpr fault kind() { return detail::sized("vector_input", {Features}); }
    using output = vector<Features>;
    model_input describe() const {
        return {.name = "input", .timesteps = 1, .features = Features, .is_sequence = false};
    }
};

template <class Layer>
inline constexpr bool is_input = false;
template <int Timesteps, int Features>
inline constexpr bool is_input<input_layer<Timesteps, Features>> = true;
template <int Features>
inline constexpr bool is_input<vector_input_layer<Features>> = true;

template <int Vocabulary, int Units>
struct embedding_layer {
    bool masks_zero = false;
    parameter_rules rules{};

    static constexpr fault kind() { return detail::sized("embedding", {Vocabulary, Units}); }
    template <class Shape>
    static constexpr fault needs() {
        return detail::needs_tokens<Shape>();
    }
    template <class Shape>
    struct after {
        using output = sequence<Shape::timesteps, Units>;
    };
    template <class Shape>
    static constexpr long parameters() {
        return static_cast<long>(Vocabulary) * Units;
    }
    template <class Shape>
    layer describe() const {
        return {.kind = layer_kind::embedding,
                .name = "embedding",
                .timesteps = Shape::timesteps,
                .features = Vocabulary,
                .units = Units,
                .makes_mask = masks_zero,
                .rules = {.kernel = rules}};
    }
};

/// Parameters of a cell: matrices of input and units, and vectors.
constexpr long count_parameters(const graph& cell, int features, int units) {
    long count = static_cast<long>(cell.vectors.size()) * units;
    for (const matrix& m : cell.matrices) {
        const bool reads_input = cell.nodes[m.operand].kind == node_kind::input;
        count += static_cast<long>(reads_input ? features : units) * units;
    }
    return count;
}

/// A cell of a layer and one of its states: those that a user names.
struct state_place {
    int cell = -1; ///< −1: the layer has no such state
    std::string_view label{};
};

/// A cell run over time. `Kind`: the function that made it; `Backwards`: whether it was given go_backwards.
template <int Units, bool Sequences, fixed_string Kind, bool Backwards>
struct recurrent_layer {
    static constexpr bool reads_backwards = Backwards;
    static constexpr int width = Units;
    graph cell;
    double input_dropout = 0;
    double state_dropout = 0;
    int unrolled = 1;
    int window = 0;
    bool backwards = false;
    bool keeps_states = false;
    layer_rules rules{};

    /// The same layer, returning sequences.
    constexpr recurrent_layer<Units, true, Kind, Backwards> with_sequences() const {
        return {cell, input_dropout, state_dropout, unrolled, window, backwards, keeps_states, rules};
    }

    static constexpr fault kind() { return detail::sized(Kind.view(), {Units}); }
    template <class Shape>
    static constexpr fault needs() {
        return detail::needs_sequence<Shape>();
    }
    template <class Shape>
    struct after {
        using output = std::conditional_t<Sequences, sequence<Shape::timesteps, Units>, vector<Units>>;
    };
    template <class Shape>
    constexpr long parameters() const {
        return count_parameters(cell, Shape::features, Units);
    }
    template <class Shape>
    layer describe() const {
        return {.kind = layer_kind::cell,
                .name = std::string(cell.label.view()),
                .timesteps = Shape::timesteps,
                .features = Shape::features,
                .units = Units,
                .equations = cell,
                .return_sequences = Sequences,
                .unroll = unrolled,
                .rate = input_dropout,
                .recurrent_rate = state_dropout,
                .truncate = window,
                .go_backwards = backwards,
                .stateful = keeps_states,
                .rules = rules};
    }

    // ---- States that it takes and hands on ----

    static constexpr int state_cells = 1;
    /// The names of the states where the kind tells them.
    static constexpr std::string_view known_states = Kind.view() == "lstm"        ? "hc"
                                                     : Kind.view() == "recurrent" ? ""
                                                                                  : "h";
    static constexpr bool states_have_one_width = true;
    template <int Cell>
    static constexpr int state_width = Units;
    constexpr int states_of(int /*cell*/) const { return cell.states.size(); }
    constexpr state_place find_state(std::string_view label, int of_cell) const {
        for (const state_entry& s : cell.states) {
            if (of_cell == 0 && s.label.view() == label) {
                return {0, label};
            }
        }
        return {};
    }
};

template <class Layer>
inline constexpr bool is_recurrent = false;
template <int Units, bool Sequences, fixed_string Kind, bool Backwards>
inline constexpr bool is_recurrent<recurrent_layer<Units, Sequences, Kind, Backwards>> = true;

/// True if other layers may start and read its states: a recurrent layer, or one made of some.
template <class Layer>
concept has_states = requires {
    Layer::state_cells;
};

/// activation(x·kernel + bias), on one vector or on every time step of a sequence.
template <int Units>
struct dense_layer {
    static constexpr int width = Units;
    graph cell;
    layer_rules rules{};

    static constexpr fault kind() { return detail::sized("dense", {Units}); }
    template <class Shape>
    static constexpr fault needs() {
        return detail::needs_vectors<Shape>();
    }
    template <class Shape>
    struct after {
        using output =
            std::conditional_t<is_sequence<Shape>, sequence<Shape::timesteps, Units>, vector<Units>>;
    };
    template <class Shape>
    constexpr long parameters() const {
        return count_parameters(cell, Shape::features, Units);
    }
    template <class Shape>
    layer describe() const {
        return {.kind = layer_kind::cell,
                .name = "dense",
                .timesteps = Shape::timesteps,
                .features = Shape::features,
                .units = Units,
                .equations = cell,
                .rules = rules};
    }
};

template <class Layer>
inline constexpr bool is_dense = false;
template <int Units>
inline constexpr bool is_dense<dense_layer<Units>> = true;

/// A layer inside another that adds nothing of its own but a name.
struct wrapped_layer {
    std::string wrapper;
    layer inner;
};

/// Layers that change values but no shape.
template <layer_kind Kind>
struct shape_keeping_layer {
    static constexpr const char* name = Kind == layer_kind::dropout ? "dropout" : "softmax";
    double rate = 0;
    static constexpr fault kind() { return name; }
    template <class Shape>
    static constexpr fault needs() {
        return detail::needs_vectors<Shape>();
    }
    template <class Shape>
    struct after {
        using output = Shape;
    };
    template <class Shape>
    static constexpr long parameters() {
        return 0;
    }
    template <class Shape>
    layer describe() const {
        return {.kind = Kind,
                .name = name,
                .timesteps = Shape::timesteps,
                .features = Shape::features,
                .units = Shape::features,
                .rate = rate};
    }
};

} // namespace timeloom::declaration
