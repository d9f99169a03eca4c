// Which options a layer takes, and the error that names the layer, the option and the list.
#pragma once

#include "timeloom/dsl/static_vector.hpp"

#include <cstddef>
#include <type_traits>

namespace timeloom::dsl {

/// A string of any length as a template argument.
template <std::size_t N>
struct text {
    char chars[N]{};

    constexpr text() = default;
    consteval text(const char (&literal)[N]) {
        for (std::size_t i = 0; i < N; ++i) {
            chars[i] = literal[i];
        }
    }
};

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

/// Never defined for an unknown option, so that layer, option and list stand in the error.
template <bool Known, fixed_string Layer, class Option, text Options>
struct option_check;
template <fixed_string Layer, class Option, text Options>
struct option_check<true, Layer, Option, Options> {};

/// A compile error unless all of `Given` are in the list that `Layer` is.
template <fixed_string Name, class Layer, class... Given>
constexpr void check_options() {
    (static_cast<void>(option_check<Layer::template has<Given>, Name, Given, Layer::names>{}), ...);
}

} // namespace timeloom::dsl
