// Where a layer stands in a model that is no plain stack: its name, what it reads, where its states start.
#pragma once

#include "timeloom/dsl/static_vector.hpp"

#include <array>
#include <utility>

namespace timeloom::dsl {

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

namespace detail {

/// What the compiler prints where a layer's name is that of another one before it.
template <bool Only, int Layer, fixed_string Name>
struct only_layer_called;
template <int Layer, fixed_string Name>
struct only_layer_called<true, Layer, Name> {};

} // namespace detail

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
    template <bool Only, int Position>
    using name_check = detail::only_layer_called<Only, Position, Name>;
};

/// Gives a layer or an input a name, which is also that of its parameters. Options: reads<"…">,
/// initial_state<"…">.
template <fixed_string Name, class Layer, fixed_string... Reads>
constexpr auto named(const Layer& layer, reads_t<Reads...>) {
    return placed_layer<Name, Layer, reads_t<Reads...>>{layer};
}
template <fixed_string Name, class Layer, fixed_string... States>
constexpr auto named(const Layer& layer, initial_state_t<States...> = {}) {
    return placed_layer<Name, Layer, reads_t<>, initial_state_t<States...>>{layer};
}
template <fixed_string Name, class Layer, fixed_string... Reads, fixed_string... States>
constexpr auto named(const Layer& layer, reads_t<Reads...>, initial_state_t<States...>) {
    return placed_layer<Name, Layer, reads_t<Reads...>, initial_state_t<States...>>{layer};
}
/// Gives a name to what says itself what it reads: concatenate, add, subtract, multiply, average,
/// return_state, forward_of, backward_of.
template <fixed_string Name, class Layer, class Reads, class States>
constexpr auto named(const placed_layer<"", Layer, Reads, States>& placed) {
    return placed_layer<Name, Layer, Reads, States>{placed.layer};
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

    static constexpr bool is_new(std::string_view name, int position) {
        return name.empty() || find(name, position) < 0;
    }

    template <int... Position>
    static constexpr bool all_differ(std::integer_sequence<int, Position...>) {
        static_assert(
            ((sizeof(typename Placed::template name_check<is_new(Placed::name(), Position), Position>) > 0) &&
             ...));
        return (is_new(Placed::name(), Position) && ...);
    }
};

/// What the compiler prints where a layer names another that does not stand before it.
template <bool Found, int Layer, fixed_string Name>
struct layer_before_called;
template <int Layer, fixed_string Name>
struct layer_before_called<true, Layer, Name> {};

/// The numbers of the elements of these names, of which some may be equal.
template <class Names, int Position, fixed_string... Name>
struct numbers_of {
    static constexpr bool found = ((Names::find(Name.view(), Position) >= 0) && ...);
    static_assert((
        (sizeof(layer_before_called<(Names::find(Name.view(), Position) >= 0), Position, Name>) > 0) && ...));
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
struct elements_read<Names, Position, reads_t<Name...>> : numbers_of<Names, Position, Name...> {
    static_assert(numbers_of<Names, Position, Name...>::found,
                  "functional: a layer reads a name that no layer before it has");
};

/// The numbers of the elements that an element's states start from.
template <class Names, int Position, class States>
struct elements_started_from;
template <class Names, int Position, fixed_string... Name>
struct elements_started_from<Names, Position, initial_state_t<Name...>>
    : numbers_of<Names, Position, Name...> {
    static_assert(numbers_of<Names, Position, Name...>::found,
                  "functional: an initial_state names a layer that does not stand before this one");
};

} // namespace detail

} // namespace timeloom::dsl
