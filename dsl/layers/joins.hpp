// Layers that make one value of several, and the one that hands on a recurrent layer's last state.
#pragma once

#include "timeloom/dsl/layers/placement.hpp"
#include "timeloom/dsl/layers/shape.hpp"
#include "timeloom/dsl/network/network.hpp"

#include <array>
#include <concepts>
#include <string_view>

namespace timeloom::declaration {

namespace detail {

/// True if values have one rank and as many time steps, so that they can be joined.
template <class First, class... More>
inline constexpr bool same_steps = ((First::rank == More::rank && First::timesteps == More::timesteps &&
                                     is_vectors<More>)&&...);

} // namespace detail

/// Reads two or more values; side by side, or value by value.
template <merge_mode Mode>
struct join_layer {
    template <class First, class... More>
    static constexpr int width = Mode == merge_mode::concat ? (First::features + ... + More::features)
                                                            : First::features;

    static constexpr const char* name =
        std::array{"concatenate", "add", "multiply", "average", "subtract"}[static_cast<std::size_t>(Mode)];

    static constexpr fault kind() { return name; }
    template <class First, class... More>
    static constexpr fault needs() {
        if (sizeof...(More) == 0 || (Mode == merge_mode::sub && sizeof...(More) != 1)) {
            return Mode == merge_mode::sub ? "two values" : "two values or more";
        }
        if (!detail::same_steps<First, First, More...>) {
            return "vectors of one rank, with as many time steps";
        }
        const bool one_width = ((First::features == More::features) && ...);
        return Mode == merge_mode::concat || one_width ? fault{} : fault("values of one width");
    }
    template <class First, class... More>
    struct after {
        using output = with_features<First, width<First, More...>>;
    };
    template <class...>
    static constexpr long parameters() {
        return 0;
    }
    template <class First, class... More>
    layer describe() const {
        return {.kind = layer_kind::join,
                .name = name,
                .timesteps = First::timesteps,
                .features = First::features,
                .units = width<First, More...>,
                .merge = Mode};
    }
};

template <int Axis>
struct axis_t {};
/// The axis of concatenate: 1 is time, where values are sequences; -1 the features.
template <int Axis>
inline constexpr axis_t<Axis> axis{};

/// Reads two or more sequences, which it hands on one behind the other.
struct time_join_layer {
    static constexpr fault kind() { return "concatenate"; }
    template <class First, class... More>
    static constexpr fault needs() {
        if (sizeof...(More) == 0) {
            return "two values or more";
        }
        return is_sequence<First> && ((is_sequence<More> && First::features == More::features) && ...)
                   ? fault{}
                   : fault("sequences of one width, as it concatenates in time (axis<1>)");
    }
    template <class First, class... More>
    struct after {
        using output = sequence<(First::timesteps + ... + More::timesteps), First::features>;
    };
    template <class...>
    static constexpr long parameters() {
        return 0;
    }
    template <class First, class... More>
    layer describe() const {
        return {.kind = layer_kind::join,
                .name = "concatenate",
                .timesteps = (First::timesteps + ... + More::timesteps),
                .features = First::features,
                .units = First::features,
                .merge = merge_mode::concat_time};
    }
};

namespace detail {

template <int Axis>
constexpr fault fault_of_axis() {
    return Axis == 1 || Axis == 2 || Axis == -1
               ? fault{}
               : say("concatenate: its axis is 1 (time), or 2 or -1 (features), but axis<", Axis,
                     "> was given");
}

/// What is wrong with names as arguments, as in add("a", "b").
template <fixed_string Name, class... Given>
constexpr fault names_missing() {
    return say(Name.view(), ": the names of the layers that it reads stand in angle brackets: ", Name.view(),
               "<\"a\", \"b\">()");
}

template <class... Given>
concept names_as_arguments = sizeof...(Given) > 0 && (std::convertible_to<Given, std::string_view> && ...);

} // namespace detail

/// Keras's Concatenate of the named layers' outputs: side by side, or with axis<1> one behind the other in
/// time, where a step is masked if it was. (Side by side it is masked where it is in all of them.)
template <fixed_string... Names>
constexpr auto concatenate() {
    return reading<join_layer<merge_mode::concat>, Names...>();
}
template <fixed_string... Names, int Axis>
constexpr auto concatenate(axis_t<Axis>) {
    if constexpr (!refuse<detail::fault_of_axis<Axis>>()) {
        return refused{};
    } else if constexpr (Axis == 1) {
        return reading<time_join_layer, Names...>();
    } else {
        return reading<join_layer<merge_mode::concat>, Names...>();
    }
}
template <class... Given>
requires detail::names_as_arguments<Given...>
constexpr refused concatenate(const Given&...) {
    refuse<detail::names_missing<"concatenate", Given...>>();
    return {};
}
/// Keras's Add, Subtract, Multiply and Average of the named layers' outputs, value by value.
template <fixed_string... Names>
constexpr auto add() {
    return reading<join_layer<merge_mode::sum>, Names...>();
}
template <fixed_string First, fixed_string Second>
constexpr auto subtract() {
    return reading<join_layer<merge_mode::sub>, First, Second>();
}
template <fixed_string... Names>
constexpr auto multiply() {
    return reading<join_layer<merge_mode::mul>, Names...>();
}
template <fixed_string... Names>
constexpr auto average() {
    return reading<join_layer<merge_mode::ave>, Names...>();
}
template <class... Given>
requires detail::names_as_arguments<Given...>
constexpr refused add(const Given&...) {
    refuse<detail::names_missing<"add", Given...>>();
    return {};
}
template <class... Given>
requires detail::names_as_arguments<Given...>
constexpr refused subtract(const Given&...) {
    refuse<detail::names_missing<"subtract", Given...>>();
    return {};
}
template <class... Given>
requires detail::names_as_arguments<Given...>
constexpr refused multiply(const Given&...) {
    refuse<detail::names_missing<"multiply", Given...>>();
    return {};
}
template <class... Given>
requires detail::names_as_arguments<Given...>
constexpr refused average(const Given&...) {
    refuse<detail::names_missing<"average", Given...>>();
    return {};
}

/// What hands on a state, of which the layer that has it says the rest.
struct described_final_state {
    layer inner;
};

/// One state of a recurrent layer after its last step.
template <fixed_string State, int Cell>
struct final_state_layer {
    static constexpr std::string_view state() { return State.view(); }
    static constexpr int of_cell = Cell;
    static constexpr fault kind() { return "return_state"; }

    template <class...>
    static constexpr long parameters() {
        return 0;
    }
    template <class...>
    described_final_state describe() const {
        return {{.kind = layer_kind::final_state, .name = "return_state"}};
    }
};

template <class Layer>
inline constexpr bool is_final_state = false;
template <fixed_string State, int Cell>
inline constexpr bool is_final_state<final_state_layer<State, Cell>> = true;

/// Keras's return_state: hands on state `State` of the recurrent layer called `Layer` after the last step,
/// (batch, units). An LSTM has "h" and "c", a bidirectional one "forward_h", "backward_h", …; of
/// stacked_cells it is that of cell number `Cell`, from 0.
template <fixed_string Layer, fixed_string State, int Cell = 0>
constexpr auto return_state() {
    return reading<final_state_layer<State, Cell>, Layer>();
}

} // namespace timeloom::declaration
