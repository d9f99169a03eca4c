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
                                     !is_tokens<More>)&&...);

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
                      "join: concatenate, add, multiply, average read two values or more");
        static_assert(detail::same_steps<First, First, More...>,
                      "join: concatenate, add, multiply, average need values of one rank and one number of "
                      "time steps");
        static_assert(fits<First, More...>, "join: add, multiply, average need values of one width");
        using output = with_features<First, width<First, More...>>;
    };
    template <class...>
    static constexpr long parameters() {
        return 0;
    }
    template <class First, class... More>
    layer describe() const {
        constexpr const char* names[]{"concatenate", "add", "multiply", "average"};
        return {.kind = layer_kind::join,
                .name = names[static_cast<int>(Mode)],
                .timesteps = First::timesteps,
                .features = First::features,
                .units = width<First, More...>,
                .merge = Mode};
    }
};

/// Keras's Concatenate, Add, Multiply and Average of the named layers' outputs.
template <fixed_string... Names>
constexpr auto concatenate() {
    return named<"", join_layer<merge_mode::concat>>({}, reads<Names...>);
}
template <fixed_string... Names>
constexpr auto add() {
    return named<"", join_layer<merge_mode::sum>>({}, reads<Names...>);
}
template <fixed_string... Names>
constexpr auto multiply() {
    return named<"", join_layer<merge_mode::mul>>({}, reads<Names...>);
}
template <fixed_string... Names>
constexpr auto average() {
    return named<"", join_layer<merge_mode::ave>>({}, reads<Names...>);
}

/// The layer, and the name of the state that it hands on.
struct described_final_state {
    std::string state;
    layer inner;
};

/// One state of a recurrent layer after its last step.
template <fixed_string State>
struct final_state_layer {
    static constexpr std::string_view state() { return State.view(); }

    template <int Position, class Shape>
    struct after {
        using output = vector<Shape::features>;
    };
    template <class...>
    static constexpr long parameters() {
        return 0;
    }
    template <class Shape>
    described_final_state describe() const {
        return {std::string(State.view()),
                {.kind = layer_kind::final_state,
                 .name = "return_state",
                 .features = Shape::features,
                 .units = Shape::features}};
    }
};

/// Keras's return_state: hands on state `State` (for an LSTM "h" or "c") of the recurrent layer called
/// `Layer` after the last step, (batch, units).
template <fixed_string Layer, fixed_string State>
constexpr auto return_state() {
    return named<"", final_state_layer<State>>({}, reads<Layer>);
}

} // namespace timeloom::dsl
