// Where a layer stands in a model that is no plain stack: its name, what it reads, where its states start.
#pragma once

#include "timeloom/dsl/base/compile_error.hpp"

#include <array>
#include <type_traits>
#include <utility>

namespace timeloom::declaration {

template <fixed_string... Names>
struct reads_t {};
/// The layer reads what the layers of these names hand on, instead of the layer before it.
template <fixed_string... Names>
inline constexpr reads_t<Names...> reads{};

template <fixed_string... Names>
struct initial_state_t {};
/// The layer's states start where those of the named recurrent layer end; or, with a name for each state, at
/// the vectors that the named layers hand on: first those of the forward copy of a bidirectional layer, of
/// the first of stacked_cells. Masked steps stay masked, as in Keras 2; Keras 3 forgets the mask of a layer
/// that is given states.
template <fixed_string... Names>
inline constexpr initial_state_t<Names...> initial_state{};

/// A layer with its place in the model.
template <fixed_string Name, class Layer, class Reads = reads_t<>, class States = initial_state_t<>>
struct placed_layer {
    Layer layer;
    using reads = Reads;
    using states = States;
    static constexpr std::string_view name() { return Name.view(); }
    /// The same place for another layer.
    template <class Other>
    constexpr auto with_layer(const Other& other) const {
        return placed_layer<Name, Other, Reads, States>{other};
    }
};

namespace detail {

template <class T>
inline constexpr bool is_reads = false;
template <fixed_string... Names>
inline constexpr bool is_reads<reads_t<Names...>> = true;
template <class T>
inline constexpr bool is_initial_state = false;
template <fixed_string... Names>
inline constexpr bool is_initial_state<initial_state_t<Names...>> = true;
template <class T>
inline constexpr bool is_placed = false;
template <fixed_string Name, class Layer, class Reads, class States>
inline constexpr bool is_placed<placed_layer<Name, Layer, Reads, States>> = true;

/// The first type of which `Is` holds, else `Otherwise`.
template <template <class> class Is, class Otherwise, class... Types>
struct first_type {
    using type = Otherwise;
};
template <template <class> class Is, class Otherwise, class First, class... More>
struct first_type<Is, Otherwise, First, More...> {
    using type = typename std::conditional_t<Is<First>::value, std::type_identity<First>,
                                             first_type<Is, Otherwise, More...>>::type;
};
template <class T>
using reads_type = std::bool_constant<is_reads<T>>;
template <class T>
using initial_state_type = std::bool_constant<is_initial_state<T>>;

/// What is wrong with named<Name>(layer, options...).
template <fixed_string Name, class Layer, class... Options>
struct arguments_of_named {
    static constexpr fault wrong() {
        const fault call = say("named<", quoted(Name.view()), ">");
        if (Name.view().empty() || Name.view().find('/') != std::string_view::npos) {
            return say(call, ": a layer's name has characters, and / stands between it and its parameters");
        }
        if constexpr (is_placed<Layer>) {
            if (!Layer::name().empty()) {
                return say(call, ": the layer is called ", quoted(Layer::name()), " already");
            }
            if (sizeof...(Options) > 0) {
                return say(call, ": this layer says itself what it reads, so that it takes no options");
            }
        }
        int position = 1;
        fault first;
        ((++position, first = first_of(first, of_option<Options>(call, position))), ...);
        return first;
    }

  private:
    template <class Option>
    static constexpr fault of_option(const fault& call, int position) {
        const int same = (0 + ... + (std::is_same_v<Option, Options> ? 1 : 0));
        return same == 1 && (is_reads<Option> || is_initial_state<Option>)
                   ? fault{}
                   : say(call, ": argument ", position,
                         " is none of its options, which are reads<\"...\"> and initial_state<\"...\">");
    }
};

template <class... Given>
constexpr fault name_missing() {
    return "named: the name stands in angle brackets, as in named<\"encoder\">(lstm<64>())";
}

} // namespace detail

/// Gives a layer or an input a name, which is also that of its parameters. Options: reads<"…">,
/// initial_state<"…">. What says itself what it reads (concatenate, add, subtract, multiply, average,
/// return_state, forward_of, backward_of) takes a name alone.
template <fixed_string Name, class Layer, class... Options>
constexpr auto named(const Layer& layer, const Options&...) {
    if constexpr (is_refused<Layer>) {
        return refused{};
    } else if constexpr (!refuse<detail::arguments_of_named<Name, Layer, Options...>::wrong>()) {
        return refused{};
    } else if constexpr (detail::is_placed<Layer>) {
        return placed_layer<Name, decltype(layer.layer), typename Layer::reads, typename Layer::states>{
            layer.layer};
    } else {
        using reads = typename detail::first_type<detail::reads_type, reads_t<>, Options...>::type;
        using states =
            typename detail::first_type<detail::initial_state_type, initial_state_t<>, Options...>::type;
        return placed_layer<Name, Layer, reads, states>{layer};
    }
}
/// A layer that says itself what it reads.
template <class Layer, fixed_string... Names>
constexpr auto reading() {
    return placed_layer<"", Layer, reads_t<Names...>>{};
}
template <class... Given>
constexpr refused named(const Given&...) {
    refuse<detail::name_missing<Given...>>();
    return {};
}

namespace detail {

/// The names of a model's elements, in their order.
template <class... Placed>
struct element_names {
    static constexpr std::array<std::string_view, sizeof...(Placed)> names{Placed::name()...};

    /// The element of this name before element `before`, or -1.
    static constexpr int find(std::string_view name, int before) {
        for (int i = before - 1; i >= 0; --i) {
            if (names[static_cast<std::size_t>(i)] == name) {
                return i;
            }
        }
        return -1;
    }
};

/// The numbers of the elements of these names, of which some may be equal.
template <class Names, int Position, fixed_string... Name>
struct numbers_of {
    using type = std::integer_sequence<int, Names::find(Name.view(), Position)...>;
};

/// The numbers of the elements that an element reads: those it names, else the one before it.
template <class Names, int Position, class Reads>
struct elements_read;
template <class Names, int Position>
struct elements_read<Names, Position, reads_t<>> {
    using type = std::integer_sequence<int, Position - 1>;
};
template <class Names, int Position, fixed_string... Name>
struct elements_read<Names, Position, reads_t<Name...>> : numbers_of<Names, Position, Name...> {};

/// The numbers of the elements that an element's states start from.
template <class Names, int Position, class States>
struct elements_started_from;
template <class Names, int Position, fixed_string... Name>
struct elements_started_from<Names, Position, initial_state_t<Name...>>
    : numbers_of<Names, Position, Name...> {};

} // namespace detail

} // namespace timeloom::declaration
