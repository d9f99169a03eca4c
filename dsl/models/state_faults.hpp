// What is wrong with the states that a layer is started from, or that return_state asks for.
#pragma once

#include "timeloom/dsl/layers/joins.hpp"
#include "timeloom/dsl/layers/layer_types.hpp"
#include "timeloom/dsl/models/element_list.hpp"

#include <utility>

namespace timeloom::declaration::detail {

/// How many states the layer has, where its type tells it; else -1.
template <class Layer>
constexpr int known_number_of_states() {
    if constexpr (requires { Layer::known_states; }) {
        return Layer::known_states.empty() ? -1 : static_cast<int>(Layer::known_states.size());
    } else if constexpr (requires { Layer::inner_type::known_states; }) {
        return Layer::inner_type::known_states.empty()
                   ? -1
                   : 2 * static_cast<int>(Layer::inner_type::known_states.size());
    } else {
        return -1;
    }
}

// ---- return_state ----

/// The layer of element `Source` has a state of the name that element `I` asks for, where its type tells it.
template <class Elements, int I, int Source>
constexpr fault fault_of_state_name() {
    using layer = layer_at<Elements, I>;
    if constexpr (requires { original_layer<Elements, Source>::known_states; }) {
        constexpr std::string_view known = original_layer<Elements, Source>::known_states;
        const bool has = layer::state().size() == 1 && known.find(layer::state()) != std::string_view::npos;
        return known.empty() || has
                   ? fault{}
                   : say(label_at<Elements, I>(), ": ", label_at<Elements, Source>(), ", has no state ",
                         quoted(layer::state()), ", but ", known == "hc" ? "\"h\" and \"c\"" : "\"h\"");
    } else {
        return {};
    }
}

template <class Elements, int I, int Source>
constexpr fault fault_of_final_state() {
    using layer = layer_at<Elements, I>;
    using source = original_layer<Elements, Source>;
    if constexpr (!has_states<source>) {
        return say(label_at<Elements, I>(), ": ", label_at<Elements, Source>(), ", has no states");
    } else if constexpr (layer::of_cell < 0 || layer::of_cell >= source::state_cells) {
        return say(label_at<Elements, I>(), ": asks cell ", layer::of_cell, " for state ",
                   quoted(layer::state()), ", but ", label_at<Elements, Source>(), ", has ",
                   source::state_cells, source::state_cells == 1 ? " cell" : " cells", ", numbered from 0");
    } else {
        return fault_of_state_name<Elements, I, Source>();
    }
}

// ---- initial_state ----

/// A state starts at a vector that is as wide.
template <class Elements, int I, class Shapes, int From>
constexpr fault fault_of_start() {
    using layer = original_layer<Elements, I>;
    using got = shape_at<Shapes, From>;
    constexpr std::string_view name = Elements::template element<From>::name();
    if constexpr (!is_vector<got>) {
        return say(label_at<Elements, I>(), ": a state starts at one vector, but ",
                   label_at<Elements, From>(), ", which initial_state<", quoted(name), "> names, hands on ",
                   shape_words<got>());
    } else if constexpr (layer::states_have_one_width) {
        const int needed = layer::template state_width<0>;
        return got::features == needed
                   ? fault{}
                   : say(label_at<Elements, I>(), ": its states have ", needed, " values, but ",
                         label_at<Elements, From>(), ", which initial_state<", quoted(name),
                         "> names, hands on ", got::features);
    } else {
        return {};
    }
}

/// A layer has as many states as vectors are given.
template <class Elements, int I>
constexpr fault fault_of_number(int given) {
    const int own = known_number_of_states<original_layer<Elements, I>>();
    return own >= 0 && own != given
               ? say(label_at<Elements, I>(), ": has ", own, own == 1 ? " state" : " states",
                     ", but initial_state<...> names ", given, given == 1 ? " vector" : " vectors")
               : fault{};
}

/// One name: a layer all of whose states are handed over, or the vector at which the only state starts.
template <class Elements, int I, class Shapes, int From>
constexpr fault fault_of_source() {
    using layer = original_layer<Elements, I>;
    using source = original_layer<Elements, From>;
    if constexpr (has_states<source>) {
        constexpr std::string_view name = Elements::template element<From>::name();
        const int needed = layer::template state_width<0>, got = source::template state_width<0>;
        if (got != needed) {
            return say(label_at<Elements, I>(), ": its states have ", needed, " values, but those of ",
                       label_at<Elements, From>(), ", which initial_state<", quoted(name), "> names, have ",
                       got);
        }
        const int states = known_number_of_states<source>(), own = known_number_of_states<layer>();
        return states >= 0 && own >= 0 && states != own
                   ? say(label_at<Elements, I>(), ": has ", own, own == 1 ? " state" : " states", ", but ",
                         label_at<Elements, From>(), ", which initial_state<", quoted(name), "> names, has ",
                         states)
                   : fault{};
    } else {
        return first_of(fault_of_start<Elements, I, Shapes, From>(), fault_of_number<Elements, I>(1));
    }
}

/// `From`: the elements that the states of element `I` start from.
template <class Elements, int I, class Shapes, int... From>
constexpr fault fault_of_states(std::integer_sequence<int, From...>) {
    if constexpr (sizeof...(From) == 0) {
        return {};
    } else if constexpr (!has_states<original_layer<Elements, I>>) {
        return say(label_at<Elements, I>(), ": has no states that an initial_state could start");
    } else if constexpr (sizeof...(From) == 1) {
        return fault_of_source<Elements, I, Shapes, From...>();
    } else {
        return first_of(fault_of_start<Elements, I, Shapes, From>()...,
                        fault_of_number<Elements, I>(static_cast<int>(sizeof...(From))));
    }
}

} // namespace timeloom::declaration::detail
