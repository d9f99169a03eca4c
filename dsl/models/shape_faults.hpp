// What is wrong with the shapes that a layer reads, and with the one that the model hands out.
#pragma once

#include "timeloom/dsl/layers/layer_types.hpp"
#include "timeloom/dsl/models/element_list.hpp"

#include <utility>

namespace timeloom::declaration::detail {

template <class Layer, class... Shape>
constexpr std::string_view hint_of_tokens() {
    return (is_tokens<Shape> || ...) && !is_input<Layer> ? "; token ids go through an embedding first" : "";
}

/// What the recurrent layer that hands on the only value read could do about it.
template <class Elements, int Read, int... More>
constexpr fault hint_of_source(const fault& needed) {
    if constexpr (sizeof...(More) == 0 && has_states<original_layer<Elements, Read>>) {
        const bool sequence = needed.view().find("a sequence") == 0;
        const bool vector = needed.view().find("one vector") == 0;
        return sequence ? say("; give layer ", Read, " return_sequences")
               : vector ? say("; leave out return_sequences of layer ", Read)
                        : fault{};
    } else {
        return {};
    }
}

/// Element `I` needs what `needed` says, and the elements `Read` hand on something else.
template <class Elements, int I, class Shapes, int... Read>
constexpr fault misfit(const fault& needed, std::integer_sequence<int, Read...>) {
    fault got;
    const auto append = [&](const fault& source) { got = say(got, got.empty() ? "" : ", ", source); };
    (append(say(label_at<Elements, Read>(), ", hands on ", shape_words<shape_at<Shapes, Read>>())), ...);
    return say(label_at<Elements, I>(), ": needs ", needed, ", but ", got,
               hint_of_tokens<original_layer<Elements, I>, shape_at<Shapes, Read>...>(),
               hint_of_source<Elements, Read...>(needed));
}

template <class Shapes, int First, int... More>
constexpr int features_read(std::integer_sequence<int, First, More...>) {
    return shape_at<Shapes, First>::features;
}

/// A layer that shares parameters reads as many features as the one that has them.
template <class Elements, int I, class Shapes, int First>
constexpr fault fault_of_width() {
    if constexpr (is_shared_call<layer_at<Elements, I>>) {
        constexpr int source = original<Elements, I>::position;
        constexpr int needed = features_read<Shapes>(typename Elements::template reads<source>{});
        constexpr int got = shape_at<Shapes, First>::features;
        return got == needed ? fault{}
                             : say(label_at<Elements, I>(), ": needs ", needed, " features, as ",
                                   label_at<Elements, source>(), ", whose parameters it shares, but ",
                                   label_at<Elements, First>(), ", hands on ", got);
    } else {
        return {};
    }
}

/// The last element hands out one value, `Shape`.
template <class Elements, class Shape>
constexpr fault fault_of_output() {
    constexpr int last = Elements::size - 1;
    if constexpr (is_input<layer_at<Elements, last>>) {
        return say(label_at<Elements, last>(),
                   ": the last element is the model's output, but this is an input");
    } else {
        return is_both_directions<Shape>
                   ? say(label_at<Elements, last>(),
                         ": hands on both directions, but a model hands out one value: read them with "
                         "forward_of and backward_of")
                   : fault{};
    }
}

} // namespace timeloom::declaration::detail
