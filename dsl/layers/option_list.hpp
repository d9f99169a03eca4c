// Which options a layer takes, and the error that names the layer, the option and the list.
#pragma once

#include "timeloom/dsl/cells/expr.hpp"

#include <cstddef>
#include <type_traits>

namespace timeloom::declaration {

/// "a" + "b" is "a, b".
template <std::size_t A, std::size_t B>
consteval text<A + B + 1> operator+(const text<A>& a, const text<B>& b) {
    text<A + B + 1> joined;
    for (std::size_t i = 0; i + 1 < A; ++i) {
        joined.chars[i] = a.chars[i];
    }
    joined.chars[A - 1] = ',';
    joined.chars[A] = ' ';
    for (std::size_t i = 0; i < B; ++i) {
        joined.chars[A + 1 + i] = b.chars[i];
    }
    return joined;
}

/// The types of options, and how a user writes them.
template <text Names, class... Options>
struct option_list {
    using list = option_list;
    static constexpr auto names = Names;
    template <class Option>
    static constexpr bool has = (std::is_same_v<Option, Options> || ...);
};

namespace detail {

template <class... Lists>
struct join_lists;
template <class List>
struct join_lists<List> {
    using type = List;
};
template <text NamesA, class... A, text NamesB, class... B, class... More>
struct join_lists<option_list<NamesA, A...>, option_list<NamesB, B...>, More...>
    : join_lists<option_list<NamesA + NamesB, A..., B...>, More...> {};

} // namespace detail

/// Several lists as one.
template <class... Lists>
using joined = typename detail::join_lists<Lists...>::type;

namespace detail {

/// How users write an option; empty for what is none.
template <class Option>
inline constexpr std::string_view option_name = {};

/// What a user would call an argument; empty where nobody can say.
template <class Given>
constexpr std::string_view given_name() {
    if (std::is_convertible_v<Given, std::string_view>) {
        return "a text";
    }
    if (std::is_arithmetic_v<Given>) {
        return "a number";
    }
    if (std::is_convertible_v<Given, expr (*)(const expr&)>) {
        return "a function (of cells it is written activation(f))";
    }
    return option_name<Given>;
}

/// What is wrong with the arguments behind <...> of a layer, whose options `Layer` lists.
template <class Layer, class... Given>
struct given_options {
    static constexpr fault wrong(const fault& layer) {
        fault first;
        int position = 0;
        ((++position, first = first_of(first, of_option<Given>(layer, position))), ...);
        return first;
    }

  private:
    template <class Option>
    static constexpr int count = (0 + ... + (std::is_same_v<Option, Given> ? 1 : 0));

    template <class Option>
    static constexpr fault of_option(const fault& layer, int position) {
        const std::string_view given = given_name<Option>();
        if (Layer::template has<Option>) {
            return count<Option> == 1 ? fault{} : say(layer, ": ", given, " is given twice");
        }
        return say(layer, ": argument ", position, given.empty() ? "" : ", ", given, given.empty() ? "" : ",",
                   " is none of its options, which are ", Layer::names.view());
    }
};

/// What is wrong with a layer of so many units and its options.
template <fixed_string Name, class Layer, int Units, class... Given>
struct layer_arguments {
    static constexpr fault wrong() {
        const fault layer = sized(Name.view(), {Units});
        return first_of(Units < 1 ? say(layer, ": units must be at least 1, but are ", Units) : fault{},
                        given_options<Layer, Given...>::wrong(layer));
    }
};

/// What is wrong with the one size of a layer.
template <fixed_string Name, int Size, fixed_string What>
constexpr fault fault_of_size() {
    return Size > 0
               ? fault{}
               : say(sized(Name.view(), {Size}), ": ", What.view(), " must be at least 1, but are ", Size);
}

/// The error for a layer whose sizes are missing, as in lstm(64) instead of lstm<64>().
template <fixed_string Name, text Example, class... Given>
constexpr fault sizes_missing() {
    return say(Name.view(), ": its sizes stand in angle brackets, as in ", Example.view());
}

} // namespace detail

} // namespace timeloom::declaration
