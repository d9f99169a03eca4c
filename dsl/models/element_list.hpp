// A model's inputs and layers as types, numbered in their order: what each is called, and what each reads.
#pragma once

#include "timeloom/dsl/layers/placement.hpp"
#include "timeloom/dsl/layers/shape.hpp"
#include "timeloom/dsl/layers/shared_layer.hpp"

#include <tuple>
#include <type_traits>

namespace timeloom::declaration::detail {

template <class Layer>
constexpr fault kind_of() {
    if constexpr (is_shared_call<Layer>) {
        return say("shared<", quoted(Layer::name()), ">");
    } else {
        return Layer::kind();
    }
}

/// layer 2 "decoder", lstm<4>
template <class Element>
constexpr fault label_of(int position) {
    return say("layer ", position, Element::name().empty() ? fault{} : say(" ", quoted(Element::name())),
               ", ", kind_of<std::remove_cvref_t<decltype(Element::layer)>>());
}

/// The placed layers of a model. Number 0 is its first input.
template <class... Elements>
struct element_list {
    static constexpr int size = static_cast<int>(sizeof...(Elements));
    using names = element_names<Elements...>;

    template <int I>
    using element = std::tuple_element_t<static_cast<std::size_t>(I), std::tuple<Elements...>>;
    template <int I>
    using layer = std::remove_cvref_t<decltype(element<I>::layer)>;
    /// The numbers of the elements that element `I` reads.
    template <int I>
    using reads = typename elements_read<names, I, typename element<I>::reads>::type;
    /// The numbers of the elements that its states start from.
    template <int I>
    using starts = typename elements_started_from<names, I, typename element<I>::states>::type;

    template <int I>
    static constexpr fault label() {
        return label_of<element<I>>(I);
    }
};

template <class Elements, int I>
using layer_at = typename Elements::template layer<I>;
template <class Elements, int I>
constexpr fault label_at() {
    return Elements::template label<I>();
}

/// The layer of element `I`, or the one whose parameters it shares.
template <class Elements, int I, bool = is_shared_call<layer_at<Elements, I>>>
struct original {
    static constexpr int position = I;
    using layer = layer_at<Elements, I>;
};
template <class Elements, int I>
struct original<Elements, I, true> {
    static constexpr int position = Elements::names::find(layer_at<Elements, I>::name(), I);
    using layer = layer_at<Elements, position>;
};
template <class Elements, int I>
using original_layer = typename original<Elements, I>::layer;

/// What element `I` hands on, where `Shapes` is a tuple of the shapes of all elements so far.
template <class Shapes, int I>
using shape_at = std::tuple_element_t<static_cast<std::size_t>(I), Shapes>;

} // namespace timeloom::declaration::detail
