// Arguments of sequential and functional that are no layers.
#pragma once

#include "timeloom/dsl/layers/layers.hpp"
#include "timeloom/dsl/layers/placement.hpp"
#include "timeloom/dsl/layers/shared_layer.hpp"

#include <type_traits>

namespace timeloom::declaration::detail {

/// What a user may have meant by an argument that is no layer.
template <class Argument>
constexpr fault not_a_layer(int position) {
    const std::string_view option = given_name<Argument>();
    if (std::is_same_v<Argument, graph>) {
        return say("argument ", position, " of the model is a cell: write recurrent<units>(cell)");
    }
    return say("argument ", position, " of the model is no layer", option.empty() ? "" : ", but ", option,
               std::is_convertible_v<Argument, activation_function> ? ": between layers, too" : "");
}

template <class Argument>
inline constexpr bool is_element = is_layer<Argument> || is_input<Argument> || is_shared_call<Argument>;
template <>
inline constexpr bool is_element<dropout> = true;
template <>
inline constexpr bool is_element<softmax_t> = true;
template <>
inline constexpr bool is_element<activation> = true;
template <fixed_string Name, class Layer, class Reads, class States>
inline constexpr bool is_element<placed_layer<Name, Layer, Reads, States>> = is_element<Layer>;

/// The first argument of sequential or functional that is no layer.
template <class... Arguments>
constexpr fault fault_of_arguments() {
    fault first;
    int position = -1;
    ((++position,
      first = first_of(first, is_element<Arguments> ? fault{} : not_a_layer<Arguments>(position))),
     ...);
    return first_of(sizeof...(Arguments) < 2 ? fault("a model is an input and at least one layer after it")
                                             : fault{},
                    first);
}

} // namespace timeloom::declaration::detail
