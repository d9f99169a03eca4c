// The types of layers: how shapes go through them, how many parameters they have, how they read as plain
// data.
#pragma once

#include "timeloom/dsl/cells.hpp"
#include "timeloom/dsl/network.hpp"
#include "timeloom/dsl/products.hpp"
#include "timeloom/dsl/shape.hpp"

#include <string>
#include <type_traits>

namespace timeloom::dsl {

/// input<timesteps>() takes token ids, input<timesteps, features>() vectors.
template <int Timesteps, int Features>
struct input_layer {
    static_assert(Timesteps > 0, "input: timesteps must be at least 1");
    static_assert(Features >= 0, "input: features must not be negative");
    bool is_ragged = false;

    using output = std::conditional_t<Features == 0, tokens<Timesteps>, sequence<Timesteps, Features>>;
    model_input describe() const {
        return {.name = "input", .timesteps = Timesteps, .features = Features, .is_ragged = is_ragged};
    }
};

/// One vector a sample.
template <int Features>
struct vector_input_layer {
    static_assert(Features > 0, "vector_input: features must be at least 1");
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
    static_assert(Vocabulary > 0 && Units > 0, "embedding: vocabulary and units must be at least 1");
    bool masks_zero = false;
    parameter_rules rules{};

    template <int Position, class Shape>
    struct after : shape_check<is_tokens<Shape>, Position, "embedding", got<Shape>, needed<"token ids">> {
        static_assert(is_tokens<Shape>,
                      "embedding: needs a sequence of token ids, declared as input<timesteps>()");
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

/// A cell run over time.
template <int Units, bool Sequences>
struct recurrent_layer {
    static_assert(Units > 0, "recurrent layer: units must be at least 1");
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
    constexpr recurrent_layer<Units, true> with_sequences() const {
        return {cell, input_dropout, state_dropout, unrolled, window, backwards, keeps_states, rules};
    }

    template <int Position, class Shape>
    struct after
        : shape_check<is_sequence<Shape>, Position, "recurrent", got_rank<Shape::rank>, needed_rank<3>> {
        static_assert(is_sequence<Shape>,
                      "recurrent layer: needs a sequence (batch, timesteps, features), rank 3; a "
                      "recurrent layer before it must have return_sequences");
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
template <int Units, bool Sequences>
inline constexpr bool is_recurrent<recurrent_layer<Units, Sequences>> = true;

/// Whether other layers may start and read its states: a recurrent layer, or one made of some.
template <class Layer>
concept has_states = requires {
    Layer::state_cells;
};

/// activation(x·kernel + bias), on one vector or on every time step of a sequence.
template <int Units>
struct dense_layer {
    static_assert(Units > 0, "dense: units must be at least 1");
    static constexpr int width = Units;
    graph cell;
    layer_rules rules{};

    template <int Position, class Shape>
    struct after : shape_check<is_vectors<Shape>, Position, "dense", got<Shape>, needed<"vectors">> {
        static_assert(is_vectors<Shape>, "dense: needs vectors; token ids go through an embedding first");
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
    double rate = 0;
    template <int Position, class Shape>
    struct after
        : shape_check<is_vectors<Shape>, Position, "dropout or softmax", got<Shape>, needed<"vectors">> {
        static_assert(is_vectors<Shape>, "dropout, softmax: need vectors, not token ids");
        using output = Shape;
    };
    template <class Shape>
    static constexpr long parameters() {
        return 0;
    }
    template <class Shape>
    layer describe() const {
        return {.kind = Kind,
                .name = Kind == layer_kind::dropout ? "dropout" : "softmax",
                .timesteps = Shape::timesteps,
                .features = Shape::features,
                .units = Shape::features,
                .rate = rate};
    }
};

} // namespace timeloom::dsl
