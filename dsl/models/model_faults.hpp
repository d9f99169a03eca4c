// What is wrong with a model's elements, told by their types: the first fault, in one sentence that names the
// layer by its place, its name and its kind.
#pragma once

#include "timeloom/dsl/layers/joins.hpp"
#include "timeloom/dsl/layers/layers.hpp"
#include "timeloom/dsl/layers/placement.hpp"
#include "timeloom/dsl/layers/shared_layer.hpp"

#include <tuple>

namespace timeloom::dsl::detail {

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

/// Arguments of sequential and functional: each must be a layer.
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

/// The names of the elements that a name may mean.
template <class... Elements>
constexpr fault names_before(int position) {
    fault list;
    int i = 0;
    const auto append = [&](std::string_view name) {
        if (i++ < position && !name.empty()) {
            list = say(list, list.empty() ? "" : ", ", quoted(name));
        }
    };
    (append(Elements::name()), ...);
    return list.empty() ? fault(" (no layer before it has a name)") : say(" (before it stand ", list, ")");
}

/// Looks through a model's elements from the first to the last. Each of them is told what the elements before
/// it hand on, until one of them does not fit.
template <class... Elements>
struct model_check {
    using names = element_names<Elements...>;
    template <int I>
    using element = std::tuple_element_t<static_cast<std::size_t>(I), std::tuple<Elements...>>;
    template <int I>
    using layer_at = std::remove_cvref_t<decltype(element<I>::layer)>;
    template <int I>
    static constexpr fault label() {
        return label_of<element<I>>(I);
    }

    static constexpr fault wrong() { return from<0, std::tuple<>>(); }

  private:
    static constexpr int size = static_cast<int>(sizeof...(Elements));
    template <class Shapes, int I>
    using shape = std::tuple_element_t<static_cast<std::size_t>(I), Shapes>;

    template <int I, class Shapes>
    static constexpr fault from() {
        if constexpr (I == size) {
            return fault_of_output<shape<Shapes, size - 1>>();
        } else {
            constexpr fault before = fault_of_place<I>();
            if constexpr (!before.empty()) {
                return before;
            } else if constexpr (is_input<layer_at<I>>) {
                return next<I, Shapes, typename layer_at<I>::output>();
            } else {
                return of_layer<I, Shapes>(
                    typename elements_read<names, I, typename element<I>::reads>::type{});
            }
        }
    }

    template <int I, class Shapes, class Shape>
    static constexpr fault next() {
        return from<I + 1,
                    decltype(std::tuple_cat(std::declval<Shapes>(), std::declval<std::tuple<Shape>>()))>();
    }

    template <class Shape>
    static constexpr fault fault_of_output() {
        if constexpr (is_input<layer_at<size - 1>>) {
            return say(label<size - 1>(), ": the last element is the model's output, but this is an input");
        } else {
            return is_both_directions<Shape>
                       ? say(label<size - 1>(),
                             ": hands on both directions, but a model hands out one value: read "
                             "them with forward_of and backward_of")
                       : fault{};
        }
    }

    // ---- Names and what they refer to ----

    template <int I>
    static constexpr fault fault_of_place() {
        if constexpr (I == 0 && !is_input<layer_at<0>>) {
            return say(label<0>(), ": a model begins with its input: input<timesteps>() for token ids, "
                                   "input<timesteps, features>() for vectors");
        } else {
            const int same = element<I>::name().empty() ? -1 : names::find(element<I>::name(), I);
            return first_of(same >= 0 ? say(label<I>(), ": layer ", same, " has the same name") : fault{},
                            fault_of_names<I>("reads", typename element<I>::reads{}),
                            fault_of_names<I>("initial_state", typename element<I>::states{}),
                            fault_of_shared<I>());
        }
    }

    template <int I, template <fixed_string...> class Names, fixed_string... Name>
    static constexpr fault fault_of_names(std::string_view option, Names<Name...>) {
        fault first;
        [[maybe_unused]] const auto check = [&](std::string_view name) {
            if (first.empty() && names::find(name, I) < 0) {
                first = say(label<I>(), ": ", option, "<", quoted(name), ">, but ",
                            names::find(name, size) < 0 ? "no layer is called so"
                                                        : "this layer does not stand before it",
                            names_before<Elements...>(I));
            }
        };
        (check(Name.view()), ...);
        return first;
    }

    template <int I>
    static constexpr fault fault_of_shared() {
        if constexpr (is_shared_call<layer_at<I>>) {
            constexpr int source = names::find(layer_at<I>::name(), I);
            if constexpr (source < 0) {
                return say(label<I>(), ": no layer before it is called so", names_before<Elements...>(I));
            } else if constexpr (is_shared_call<layer_at<source>>) {
                return say(label<I>(), ": ", label<source>(),
                           ", is shared itself: name the layer whose parameters "
                           "it shares");
            } else {
                using source_layer = layer_at<source>;
                return is_input<source_layer> || is_final_state<source_layer>
                           ? say(label<I>(), ": ", label<source>(), ", has no parameters to share")
                           : fault{};
            }
        } else {
            return {};
        }
    }

    // ---- Layers and the shapes that they read ----

    /// The layer itself, or the one whose parameters it shares.
    template <int I, bool = is_shared_call<layer_at<I>>>
    struct original {
        static constexpr int position = I;
        using type = layer_at<I>;
    };
    template <int I>
    struct original<I, true> {
        static constexpr int position = names::find(layer_at<I>::name(), I);
        using type = layer_at<position>;
    };
    template <int I>
    using original_t = typename original<I>::type;

    template <int I, class Shapes, int First, int... More>
    static constexpr fault of_layer(std::integer_sequence<int, First, More...> reads) {
        using layer = original_t<I>;
        if constexpr (is_final_state<layer>) {
            return of_final_state<I, Shapes, First>();
        } else if constexpr (!requires {
                                 layer::template needs<shape<Shapes, First>, shape<Shapes, More>...>();
                             }) {
            return say(label<I>(), ": reads one value, but reads<...> names ",
                       static_cast<int>(1 + sizeof...(More)),
                       ": concatenate, add, multiply or average makes one of several");
        } else {
            constexpr fault needed = layer::template needs<shape<Shapes, First>, shape<Shapes, More>...>();
            if constexpr (!needed.empty()) {
                return misfit<I, Shapes>(needed, reads);
            } else {
                constexpr fault first = first_of(
                    fault_of_width<I, Shapes, First>(),
                    fault_of_states<I, Shapes>(
                        typename elements_started_from<names, I, typename element<I>::states>::type{}));
                if constexpr (!first.empty()) {
                    return first;
                } else {
                    return next<I, Shapes,
                                typename layer::template after<shape<Shapes, First>,
                                                               shape<Shapes, More>...>::output>();
                }
            }
        }
    }

    template <int I, class Shapes, int... Read>
    static constexpr fault misfit(const fault& needed, std::integer_sequence<int, Read...>) {
        fault got;
        const auto append = [&](const fault& source) { got = say(got, got.empty() ? "" : ", ", source); };
        (append(say(label<Read>(), ", hands on ", shape_words<shape<Shapes, Read>>())), ...);
        return say(label<I>(), ": needs ", needed, ", but ", got,
                   hint<original_t<I>, shape<Shapes, Read>...>(), hint_of_source<Read...>(needed));
    }

    template <class Layer, class... Shape>
    static constexpr std::string_view hint() {
        return (is_tokens<Shape> || ...) && !is_input<Layer> ? "; token ids go through an embedding first"
                                                             : "";
    }

    /// What the layer before could do about it.
    template <int Read, int... More>
    static constexpr fault hint_of_source(const fault& needed) {
        if constexpr (sizeof...(More) == 0 && has_states<original_t<Read>>) {
            const bool sequence = needed.view().find("a sequence") == 0;
            const bool vector = needed.view().find("one vector") == 0;
            return sequence ? say("; give layer ", Read, " return_sequences")
                   : vector ? say("; leave out return_sequences of layer ", Read)
                            : fault{};
        } else {
            return {};
        }
    }

    /// A layer that shares parameters reads as many features as the one that has them.
    template <int I, class Shapes, int First>
    static constexpr fault fault_of_width() {
        if constexpr (is_shared_call<layer_at<I>>) {
            constexpr int source = original<I>::position;
            constexpr int needed = features_read<Shapes>(
                typename elements_read<names, source, typename element<source>::reads>::type{});
            constexpr int got = shape<Shapes, First>::features;
            return got == needed
                       ? fault{}
                       : say(label<I>(), ": needs ", needed, " features, as ", label<source>(),
                             ", whose parameters it shares, but ", label<First>(), ", hands on ", got);
        } else {
            return {};
        }
    }
    template <class Shapes, int First, int... More>
    static constexpr int features_read(std::integer_sequence<int, First, More...>) {
        return shape<Shapes, First>::features;
    }

    // ---- States ----

    template <int I, class Shapes, int Source>
    static constexpr fault of_final_state() {
        using layer = layer_at<I>;
        using source = original_t<Source>;
        if constexpr (!has_states<source>) {
            return say(label<I>(), ": ", label<Source>(), ", has no states");
        } else if constexpr (layer::of_cell < 0 || layer::of_cell >= source::state_cells) {
            return say(label<I>(), ": asks cell ", layer::of_cell, " for state ", quoted(layer::state()),
                       ", but ", label<Source>(), ", has ", source::state_cells,
                       source::state_cells == 1 ? " cell" : " cells", ", numbered from 0");
        } else {
            constexpr fault unknown = fault_of_state<I, Source>();
            if constexpr (!unknown.empty()) {
                return unknown;
            } else {
                return next<I, Shapes, vector<source::template state_width<layer::of_cell>>>();
            }
        }
    }

    template <int I, int Source>
    static constexpr fault fault_of_state() {
        using layer = layer_at<I>;
        if constexpr (requires { original_t<Source>::known_states; }) {
            constexpr std::string_view known = original_t<Source>::known_states;
            const bool has =
                layer::state().size() == 1 && known.find(layer::state()) != std::string_view::npos;
            return known.empty() || has ? fault{} : no_such_state<I, Source>();
        } else {
            return {};
        }
    }
    template <int I, int Source>
    static constexpr fault no_such_state() {
        constexpr std::string_view known = original_t<Source>::known_states;
        return say(label<I>(), ": ", label<Source>(), ", has no state ", quoted(layer_at<I>::state()),
                   ", but ", known == "hc" ? "\"h\" and \"c\"" : "\"h\"");
    }

    template <int I, class Shapes, int... From>
    static constexpr fault fault_of_states(std::integer_sequence<int, From...>) {
        if constexpr (sizeof...(From) == 0) {
            return {};
        } else if constexpr (!has_states<original_t<I>>) {
            return say(label<I>(), ": has no states that an initial_state could start");
        } else if constexpr (sizeof...(From) == 1) {
            return fault_of_source<I, Shapes, From...>();
        } else {
            return first_of(fault_of_start<I, Shapes, From, sizeof...(From)>()...,
                            fault_of_number<I, Shapes>(static_cast<int>(sizeof...(From))));
        }
    }

    /// One name: a layer all of whose states are handed over, or the vector at which the only state starts.
    template <int I, class Shapes, int From>
    static constexpr fault fault_of_source() {
        using source = original_t<From>;
        if constexpr (has_states<source>) {
            const int needed = original_t<I>::template state_width<0>;
            const int got = source::template state_width<0>;
            if (got != needed) {
                return say(label<I>(), ": its states have ", needed, " values, but those of ", label<From>(),
                           ", which initial_state<", quoted(element<From>::name()), "> names, have ", got);
            }
            const int states = known_number<source>();
            const int own = known_number<original_t<I>>();
            return states >= 0 && own >= 0 && states != own
                       ? say(label<I>(), ": has ", own, own == 1 ? " state" : " states", ", but ",
                             label<From>(), ", which initial_state<", quoted(element<From>::name()),
                             "> names, has ", states)
                       : fault{};
        } else {
            return first_of(fault_of_start<I, Shapes, From, 1>(), fault_of_number<I, Shapes>(1));
        }
    }

    /// A state starts at a vector that is as wide.
    template <int I, class Shapes, int From, int Count>
    static constexpr fault fault_of_start() {
        using got = shape<Shapes, From>;
        if constexpr (!is_vector<got>) {
            return say(label<I>(), ": a state starts at one vector, but ", label<From>(),
                       ", which initial_state<", quoted(element<From>::name()), "> names, hands on ",
                       shape_words<got>());
        } else if constexpr (original_t<I>::states_have_one_width) {
            const int needed = original_t<I>::template state_width<0>;
            return got::features == needed
                       ? fault{}
                       : say(label<I>(), ": its states have ", needed, " values, but ", label<From>(),
                             ", which initial_state<", quoted(element<From>::name()), "> names, hands on ",
                             got::features);
        } else {
            return {};
        }
    }

    template <int I, class Shapes>
    static constexpr fault fault_of_number(int given) {
        const int own = known_number<original_t<I>>();
        return own >= 0 && own != given
                   ? say(label<I>(), ": has ", own, own == 1 ? " state" : " states",
                         ", but initial_state<...> names ", given, given == 1 ? " vector" : " vectors")
                   : fault{};
    }

    /// How many states the layer has, where its type tells it; else -1.
    template <class Layer>
    static constexpr int known_number() {
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
};

} // namespace timeloom::dsl::detail
