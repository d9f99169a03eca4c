// Layers that make one value of several, and the one that hands on a recurrent layer's last state.
#pragma once

#include "timeloom/dsl/network.hpp"
#include "timeloom/dsl/placement.hpp"
#include "timeloom/dsl/shape.hpp"

namespace timeloom::dsl {

namespace detail {

/// Whether values have one rank and as many time steps, so that they can be joined.
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

    template <class First, class... More>
    static constexpr bool fits = Mode == merge_mode::concat || ((First::features == More::features) && ...);

    template <int Position, class First, class... More>
    struct after
        : shape_check<detail::same_steps<First, First, More...>, Position, "join", got<First, More...>,
                      needed<"one rank, as many time steps">>,
          shape_check<fits<First, More...>, Position, "join", got<First, More...>, needed<"one width">> {
        static_assert(sizeof...(More) > 0,
                      "join: concatenate, add, subtract, multiply, average read two values or more");
        static_assert(Mode != merge_mode::sub || sizeof...(More) == 1, "join: subtract reads two values");
        static_assert(detail::same_steps<First, First, More...>,
                      "join: concatenate, add, subtract, multiply, average need values of one rank and one "
                      "number of time steps");
        static_assert(fits<First, More...>,
                      "join: add, subtract, multiply, average need values of one width");
        using output = with_features<First, width<First, More...>>;
    };
    template <class...>
    static constexpr long parameters() {
        return 0;
    }
    template <class First, class... More>
    layer describe() const {
        constexpr const char* names[]{"concatenate", "add", "multiply", "average", "subtract"};
        return {.kind = layer_kind::join,
                .name = names[static_cast<int>(Mode)],
                .timesteps = First::timesteps,
                .features = First::features,
                .units = width<First, More...>,
                .merge = Mode};
    }
};

template <int Axis>
struct axis_t {};
/// Of concatenate: 1 is time, where values are sequences; -1 the features.
template <int Axis>
inline constexpr axis_t<Axis> axis{};

/// Reads two or more sequences, which it hands on one behind the other.
struct time_join_layer {
    template <class First, class... More>
    static constexpr bool fits = ((is_sequence<More> && First::features == More::features) && ...);

    template <int Position, class First, class... More>
    struct after : shape_check<fits<First, First, More...>, Position, "concatenate", got<First, More...>,
                               needed<"sequences of one width">> {
        static_assert(fits<First, First, More...>,
                      "concatenate: values are concatenated in time where they are sequences of one width");
        static_assert(sizeof...(More) > 0, "concatenate: reads two values or more");
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

/// Keras's Concatenate of the named layers' outputs: side by side, or with axis<1> one behind the other in
/// time, where a step is masked if it was. (Side by side it is masked where it is in all of them.)
template <fixed_string... Names>
constexpr auto concatenate() {
    return named<"", join_layer<merge_mode::concat>>({}, reads<Names...>);
}
template <fixed_string... Names, int Axis>
constexpr auto concatenate(axis_t<Axis>) {
    static_assert(Axis == 1 || Axis == 2 || Axis == -1,
                  "concatenate: axis is 1 (time) or -1 or 2 (features); axis 0 is the batch");
    using join = std::conditional_t<Axis == 1, time_join_layer, join_layer<merge_mode::concat>>;
    return named<"", join>({}, reads<Names...>);
}
/// Keras's Add, Subtract, Multiply and Average of the named layers' outputs, value by value.
template <fixed_string... Names>
constexpr auto add() {
    return named<"", join_layer<merge_mode::sum>>({}, reads<Names...>);
}
template <fixed_string First, fixed_string Second>
constexpr auto subtract() {
    return named<"", join_layer<merge_mode::sub>>({}, reads<First, Second>);
}
template <fixed_string... Names>
constexpr auto multiply() {
    return named<"", join_layer<merge_mode::mul>>({}, reads<Names...>);
}
template <fixed_string... Names>
constexpr auto average() {
    return named<"", join_layer<merge_mode::ave>>({}, reads<Names...>);
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

    template <class...>
    static constexpr long parameters() {
        return 0;
    }
    template <class...>
    described_final_state describe() const {
        return {{.kind = layer_kind::final_state, .name = "return_state"}};
    }
};

/// Keras's return_state: hands on state `State` of the recurrent layer called `Layer` after the last step,
/// (batch, units). An LSTM has "h" and "c", a bidirectional one "forward_h", "backward_h", …; of
/// stacked_cells it is that of cell number `Cell`, from 0.
template <fixed_string Layer, fixed_string State, int Cell = 0>
constexpr auto return_state() {
    static_assert(Cell >= 0, "return_state: cells are numbered from 0");
    return named<"", final_state_layer<State, Cell>>({}, reads<Layer>);
}

} // namespace timeloom::dsl
