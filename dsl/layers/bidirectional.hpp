// bidirectional(layer, merge): a recurrent layer over the sequence and a copy of it over the reversed one.
#pragma once

#include "timeloom/dsl/layers/layer_types.hpp"
#include "timeloom/dsl/layers/placement.hpp"

#include <array>

namespace timeloom::declaration {

/// How the outputs of the two directions become one.
namespace merge {

template <merge_mode Mode>
struct option {};
inline constexpr option<merge_mode::concat> concat{}; ///< side by side, the forward one first
inline constexpr option<merge_mode::sum> sum{};
inline constexpr option<merge_mode::mul> mul{};
inline constexpr option<merge_mode::ave> ave{}; ///< their mean
struct none_t {};
inline constexpr none_t none{}; ///< they stay two: forward_of<"…">() and backward_of<"…">() hand them on

} // namespace merge

/// Two copies of `inner`, each with parameters of its own.
template <class Inner>
struct two_directions {
    using inner_type = Inner;
    Inner inner;

    template <class Shape>
    constexpr long parameters() const {
        return 2 * inner.template parameters<Shape>();
    }
    template <class Shape>
    std::array<layer, 2> describe_directions() const {
        layer forward = inner.template describe<Shape>();
        layer backward = forward;
        backward.go_backwards = true;
        return {forward, backward};
    }

    // ---- States that it takes and hands on: first those of the forward copy ----

    static constexpr int state_cells = 2;
    static constexpr bool states_have_one_width = true;
    template <int Cell>
    static constexpr int state_width = Inner::width;
    constexpr int states_of(int /*cell*/) const { return inner.states_of(0); }
    /// "forward_h", "backward_c", …
    constexpr state_place find_state(std::string_view label, int of_cell) const {
        const bool is_backward = label.starts_with("backward_");
        if (of_cell != 0 || !(is_backward || label.starts_with("forward_"))) {
            return {};
        }
        const state_place found = inner.find_state(label.substr(label.find('_') + 1), 0);
        return {found.cell < 0 ? -1 : is_backward ? 1 : 0, found.label};
    }
};

/// The directions, and what merges them.
template <class Inner, merge_mode Mode>
struct bidirectional_layer : two_directions<Inner> {
    static constexpr int width = Mode == merge_mode::concat ? 2 * Inner::width : Inner::width;

    static constexpr fault kind() { return say("bidirectional(", Inner::kind(), ")"); }
    template <class Shape>
    static constexpr fault needs() {
        return detail::needs_sequence<Shape>();
    }
    template <class Shape>
    struct after {
        using output = with_features<typename Inner::template after<Shape>::output, width>;
    };
    /// The forward copy, the backward copy, and what merges them.
    template <class Shape>
    std::array<layer, 3> describe() const {
        auto [forward, backward] = this->template describe_directions<Shape>();
        const layer merged{.kind = layer_kind::join,
                           .name = "bidirectional",
                           .timesteps = forward.output_timesteps(),
                           .features = Inner::width,
                           .units = width,
                           .merge = Mode,
                           .zeroes_masked = true};
        return {forward, backward, merged};
    }
};

/// The directions alone.
template <class Inner>
struct unmerged_bidirectional_layer : two_directions<Inner> {
    static constexpr int width = Inner::width;

    static constexpr fault kind() { return say("bidirectional(", Inner::kind(), ")"); }
    template <class Shape>
    static constexpr fault needs() {
        return detail::needs_sequence<Shape>();
    }
    template <class Shape>
    struct after {
        using output = both_directions<typename Inner::template after<Shape>::output>;
    };
    template <class Shape>
    std::array<layer, 2> describe() const {
        return this->template describe_directions<Shape>();
    }
};

/// What hands on one direction of a layer that does not merge them.
struct described_direction {
    int direction;
    layer inner;
};

template <int Direction>
struct direction_layer {
    static constexpr fault kind() { return Direction == 0 ? "forward_of" : "backward_of"; }
    template <class Shape>
    static constexpr fault needs() {
        return is_both_directions<Shape> ? fault{} : fault("a bidirectional layer with merge::none");
    }
    template <class Shape>
    struct after {
        using output = typename Shape::direction;
    };
    template <class...>
    static constexpr long parameters() {
        return 0;
    }
    template <class Shape>
    described_direction describe() const {
        return {Direction,
                {.kind = layer_kind::join,
                 .name = Direction == 0 ? "forward_of" : "backward_of",
                 .timesteps = Shape::timesteps,
                 .features = Shape::features,
                 .units = Shape::features,
                 .zeroes_masked = is_sequence<typename Shape::direction>}};
    }
};

namespace detail {

/// What is wrong with the arguments of bidirectional(layer, merge::...).
template <class Layer, class... More>
constexpr fault fault_of_directions() {
    if constexpr (!is_layer<Layer>) {
        return "bidirectional: its argument is a recurrent layer, such as lstm<4>()";
    } else if constexpr (!is_recurrent<Layer>) {
        return say("bidirectional(", Layer::kind(),
                   "): needs a recurrent layer: recurrent, simple_rnn, lstm or gru");
    } else if constexpr (Layer::reads_backwards) {
        return say("bidirectional(", Layer::kind(),
                   "(go_backwards)): the layer inside is the forward one: leave go_backwards out");
    } else {
        return sizeof...(More) == 0 ? fault{}
                                    : say("bidirectional(", Layer::kind(),
                                          "): its options are merge::concat, sum, mul, ave, none");
    }
}

template <class Option>
inline constexpr bool is_merge = std::is_same_v<Option, merge::none_t>;
template <merge_mode Mode>
inline constexpr bool is_merge<merge::option<Mode>> = true;

template <class Layer, merge_mode Mode>
constexpr bidirectional_layer<Layer, Mode> both_ways(const Layer& layer, merge::option<Mode>) {
    return {{.inner = layer}};
}
template <class Layer>
constexpr unmerged_bidirectional_layer<Layer> both_ways(const Layer& layer, merge::none_t) {
    return {{.inner = layer}};
}

} // namespace detail

/// Keras's Bidirectional over a recurrent layer. With return_sequences the outputs of the backward copy are
/// put back into the order of the forward copy's, with zeros at masked steps; without it each direction hands
/// on its last output. Its states are called "forward_h", "backward_h", …; an initial_state gives first those
/// of the forward copy, then those of the backward one.
template <class Layer, class Merge>
requires detail::is_merge<Merge>
constexpr auto bidirectional(const Layer& layer, Merge how) {
    if constexpr (is_refused<Layer>) {
        return refused{};
    } else if constexpr (!refuse<detail::fault_of_directions<Layer>>()) {
        return refused{};
    } else {
        return detail::both_ways(layer, how);
    }
}
template <class Layer, class... More>
constexpr auto bidirectional(const Layer& layer, const More&...) {
    if constexpr (is_refused<Layer>) {
        return refused{};
    } else if constexpr (!refuse<detail::fault_of_directions<Layer, More...>>()) {
        return refused{};
    } else {
        return detail::both_ways(layer, merge::concat);
    }
}

/// What the forward copy of the bidirectional layer called `Name`, which has merge::none, hands on.
template <fixed_string Name>
constexpr auto forward_of() {
    return reading<direction_layer<0>, Name>();
}
/// The same of the backward copy, in the order of the forward one's.
template <fixed_string Name>
constexpr auto backward_of() {
    return reading<direction_layer<1>, Name>();
}

} // namespace timeloom::declaration
