// sequential(input, layers…) and functional(…): a model as a constexpr value.
#pragma once

#include "timeloom/dsl/bidirectional.hpp"
#include "timeloom/dsl/joins.hpp"
#include "timeloom/dsl/layers.hpp"
#include "timeloom/dsl/placement.hpp"
#include "timeloom/dsl/pooling_layers.hpp"
#include "timeloom/dsl/shape_layers.hpp"
#include "timeloom/dsl/shared_layer.hpp"
#include "timeloom/dsl/stacked_cells.hpp"
#include "timeloom/dsl/time_distributed.hpp"

#include <utility>

namespace timeloom::dsl {

namespace detail {

template <class Layer>
constexpr auto as_element(const Layer& l) {
    return placed_layer<"", decltype(as_layer(l))>{as_layer(l)};
}
template <fixed_string Name, class Layer, class Reads, class States>
constexpr auto as_element(const placed_layer<Name, Layer, Reads, States>& placed) {
    return placed.with_layer(as_layer(placed.layer));
}

/// All elements, with the layers that shared<"…">() stands for.
template <class Names, class... Elements, int... Position>
constexpr auto with_shared_layers(const hana::tuple<Elements...>& elements,
                                  std::integer_sequence<int, Position...>) {
    return hana::make_tuple(with_shared_layer<Names, Position>(elements, hana::at_c<Position>(elements))...);
}

/// The shape that an element hands on, given the shapes before it.
template <class Layer, int Position, class Shapes, class Reads>
struct shape_after;
template <class Layer, int Position, class Shapes, int... Read>
struct shape_after<Layer, Position, Shapes, std::integer_sequence<int, Read...>> {
    using output = typename Layer::template after<Position, typename decltype(+hana::at_c<Read>(
                                                                std::declval<Shapes>()))::type...>::output;
};

} // namespace detail

/// Inputs and layers in their order. `Shapes` is a hana::tuple of hana::type: what each of them hands on.
template <class Shapes, class... Elements>
struct model {
    hana::tuple<Elements...> elements;

    using names = detail::element_names<Elements...>;
    /// What an element reads, as numbers of elements.
    template <int Position, class Element>
    using reads_of = typename detail::elements_read<names, Position, typename Element::reads>::type;
    template <int Position, class Element>
    using states_of = typename detail::elements_started_from<names, Position, typename Element::states>::type;
    template <int Position>
    using shape_at = typename decltype(+hana::at_c<Position>(std::declval<Shapes>()))::type;

    static constexpr auto shapes() { return Shapes{}; }
    /// Shape of what the model hands out.
    using output = shape_at<static_cast<int>(sizeof...(Elements)) - 1>;

    /// Calls f(position as a constant, element) for every input and layer in order.
    template <class F>
    constexpr void for_each_element(F&& f) const {
        [&]<int... I>(std::integer_sequence<int, I...>) {
            (f(std::integral_constant<int, I>{}, hana::at_c<I>(elements)), ...);
        }
        (std::make_integer_sequence<int, sizeof...(Elements)>{});
    }

    /// The parameters of the element at `position`; 0 is the first one after the first input.
    constexpr long parameters(int position) const {
        long count = 0;
        for_each_element([&](auto at, const auto& element) {
            if (at == position + 1) {
                count = parameters_of<at>(element);
            }
        });
        return count;
    }

    /// Number of trained values, as Keras counts them.
    constexpr long parameters() const {
        long total = 0;
        for (int i = 0; i + 1 < static_cast<int>(sizeof...(Elements)); ++i) {
            total += parameters(i);
        }
        return total;
    }

  private:
    template <int Position, class Element>
    static constexpr long parameters_of(const Element& element) {
        if constexpr (is_input<decltype(Element::layer)>) {
            return 0;
        } else {
            const auto count = [&]<int First, int... More>(std::integer_sequence<int, First, More...>) {
                return element.layer.template parameters<shape_at<First>>();
            };
            return count(reads_of<Position, Element>{});
        }
    }
};

namespace detail {

/// A cell that reads its input pointwise must be as wide as the input.
template <int Position, class Got, class Needed>
constexpr void check_pointwise_input(bool fits) {
    if (!fits) {
        throw std::invalid_argument("timeloom: the cell of this layer uses its input pointwise, so the input "
                                    "must have as many features as the layer has units");
    }
}

template <int Position, class Before, class Layer>
constexpr void check_cell([[maybe_unused]] const Layer& layer) {
    if constexpr (requires { layer.inner; }) {
        check_cell<Position, Before>(layer.inner);
    } else if constexpr (requires { layer.layers; }) {
        layer.template for_each_shaped<Before>(
            [](const auto& each, auto shape) { check_cell<Position, typename decltype(shape)::type>(each); });
    } else if constexpr (requires { layer.cell.nodes, Layer::width; }) {
        constexpr bool fits = Before::features == Layer::width;
        check_pointwise_input<Position, got_features<Before::features>, needed_features<Layer::width>>(
            fits || !uses_input_pointwise(layer.cell));
    }
}

template <int Position, int Got, int Needed>
struct state_width_check
    : shape_check<Got == Needed, Position, "initial_state", got_features<Got>, needed_features<Needed>> {
    static_assert(Got == Needed, "functional: an initial_state must be as wide as the layer that it starts");
};

/// A vector, or the layer whose states are handed over.
template <int Position, class Shape, class Source, int Sources>
struct state_start_check
    : shape_check<is_vector<Shape> || (Sources == 1 && has_states<Source>), Position, "initial_state",
                  got<Shape>, needed<"a vector, or one recurrent layer alone">> {
    static_assert(
        is_vector<Shape> || (Sources == 1 && has_states<Source>),
        "functional: a state starts at a vector, (batch, units), or where that of a recurrent layer ends");
};

/// How many states a layer has, cell after cell, and how wide they are.
template <class Layer>
constexpr static_vector<int, 64> widths_of_states(const Layer& layer) {
    static_vector<int, 64> widths;
    [&]<int... Cell>(std::integer_sequence<int, Cell...>) {
        const auto append = [&](int states, int width) {
            for (int s = 0; s < states; ++s) {
                widths.push_back(width);
            }
        };
        (append(layer.states_of(Cell), Layer::template state_width<Cell>), ...);
    }
    (std::make_integer_sequence<int, Layer::state_cells>{});
    return widths;
}

/// The first width that differs; as types, so that both numbers stand in the error.
template <int Position, class Layer, class Source, class Shape>
constexpr void check_first_state_width() {
    if constexpr (has_states<Source>) {
        static_cast<void>(
            state_width_check<Position, Source::template state_width<0>, Layer::template state_width<0>>{});
    } else if constexpr (Layer::states_have_one_width) {
        static_cast<void>(state_width_check<Position, Shape::features, Layer::template state_width<0>>{});
    }
}

/// States that are handed over must be as wide as the layer that takes them, and all of its states need one.
template <int Position, class Layer, class Model, int... From>
constexpr void check_initial_states([[maybe_unused]] const Layer& layer, [[maybe_unused]] const Model& m,
                                    std::integer_sequence<int, From...>) {
    if constexpr (sizeof...(From) > 0) {
        static_assert(has_states<Layer>, "functional: only a recurrent layer has an initial_state");
        (static_cast<void>(
             state_start_check<Position, typename Model::template shape_at<From>,
                               std::remove_cvref_t<decltype(hana::at_c<From>(m.elements).layer)>,
                               static_cast<int>(sizeof...(From))>{}),
         ...);
        (check_first_state_width<
             Position, Layer,
             std::conditional_t<sizeof...(From) == 1,
                                std::remove_cvref_t<decltype(hana::at_c<From>(m.elements).layer)>, void>,
             typename Model::template shape_at<From>>(),
         ...);
        static_vector<int, 64> given;
        const auto append = [&](const auto& from, int features) {
            if constexpr (sizeof...(From) == 1 && has_states<std::remove_cvref_t<decltype(from)>>) {
                given = widths_of_states(from);
            } else {
                given.push_back(features);
            }
        };
        (append(hana::at_c<From>(m.elements).layer, Model::template shape_at<From>::features), ...);
        const auto taken = widths_of_states(layer);
        if (given.size() != taken.size()) {
            throw std::invalid_argument(
                "timeloom: initial_state must give each of the cell's states a start");
        }
        for (int s = 0; s < taken.size(); ++s) {
            if (given[s] != taken[s]) {
                throw std::invalid_argument(
                    "timeloom: initial_state gives one of the cells a state of another width");
            }
        }
    }
}

/// A final state is one that the layer has.
template <class Layer, class Source>
constexpr void check_final_state(const Source& source) {
    static_assert(has_states<Source>, "return_state: only a recurrent layer has states");
    if (source.find_state(Layer::state(), Layer::of_cell).cell < 0) {
        throw std::invalid_argument(
            "timeloom: return_state names a state that the layer's cell does not have");
    }
}

template <class Layer>
constexpr bool is_stateful(const Layer& layer) {
    if constexpr (requires { layer.keeps_states; }) {
        return layer.keeps_states;
    } else if constexpr (requires { layer.inner.keeps_states; }) {
        return layer.inner.keeps_states;
    } else if constexpr (requires { layer.layers; }) {
        return hana::front(layer.layers).keeps_states;
    } else {
        return false;
    }
}

/// Parameters can be shared where the inputs are as wide.
template <int Position, class Model, class Element, int First>
constexpr void check_shared_layer([[maybe_unused]] const Element& element) {
    using layer_type = std::remove_cvref_t<decltype(Element::layer)>;
    constexpr int source = layer_type::source;
    using original = std::remove_cvref_t<decltype(hana::at_c<source>(std::declval<Model>().elements))>;
    const auto check = []<int Read, int... More>(std::integer_sequence<int, Read, More...>) {
        constexpr int needed = Model::template shape_at<Read>::features;
        constexpr int features = Model::template shape_at<First>::features;
        static_cast<void>(shape_check<features == needed, Position, "shared", got_features<features>,
                                      needed_features<needed>>{});
        static_assert(features == needed, "shared: the input must have as many features as that of the layer "
                                          "whose parameters it shares");
    };
    check(typename Model::template reads_of<source, original>{});
    if (is_stateful(element.layer)) {
        throw std::invalid_argument("timeloom: shared: a stateful layer has the states of one call only");
    }
}

template <int Position, class Model, class Element, int First, int... More>
constexpr void check_element(const Model& m, const Element& element,
                             std::integer_sequence<int, First, More...>) {
    using layer_type = std::remove_cvref_t<decltype(element.layer)>;
    check_cell<Position, typename Model::template shape_at<First>>(element.layer);
    check_initial_states<Position>(
        element.layer, m,
        typename elements_started_from<typename Model::names, Position, typename Element::states>::type{});
    if constexpr (requires { layer_type::state(); }) {
        check_final_state<layer_type>(hana::at_c<First>(m.elements).layer);
    }
    if constexpr (is_shared<layer_type>) {
        check_shared_layer<Position, Model, Element, First>(element);
    }
}

/// The shape of an element, where `Reads` are the numbers of those that it reads.
template <int Position, class Shapes, class Layers, class Layer, int First, int... More>
constexpr auto shape_of(std::integer_sequence<int, First, More...> reads) {
    using source = typename decltype(+hana::at_c<First>(std::declval<Layers>()))::type;
    if constexpr (requires { Layer::state(); }) {
        static_assert(has_states<source>, "return_state: only a recurrent layer has states");
        if constexpr (has_states<source>) {
            static_assert(Layer::of_cell < source::state_cells, "return_state: the layer has fewer cells");
            return hana::type_c<vector<source::template state_width<Layer::of_cell>>>;
        }
    } else {
        return hana::type_c<typename shape_after<Layer, Position, Shapes, decltype(reads)>::output>;
    }
}

template <class Names, class... Elements>
constexpr auto shapes_of(hana::basic_type<Elements>... elements) {
    const auto append = [](auto shapes, auto element) {
        using element_type = typename decltype(element)::type;
        constexpr int position = static_cast<int>(decltype(hana::size(shapes))::value);
        using layer_type = decltype(element_type::layer);
        if constexpr (is_input<layer_type>) {
            return hana::append(shapes, hana::type_c<typename layer_type::output>);
        } else {
            using reads = typename elements_read<Names, position, typename element_type::reads>::type;
            using layers = decltype(hana::tuple_t<std::remove_cvref_t<decltype(Elements::layer)>...>);
            return hana::append(shapes, shape_of<position, decltype(shapes), layers, layer_type>(reads{}));
        }
    };
    return hana::fold_left(hana::make_tuple(elements...), hana::make_tuple(), append);
}

/// The model of these elements, if they fit together.
template <class Names, class... Elements>
constexpr auto checked_model(const hana::tuple<Elements...>& elements) {
    using shapes = decltype(shapes_of<Names>(hana::type_c<Elements>...));
    const model<shapes, Elements...> result{elements};
    static_assert(
        !is_both_directions<typename model<shapes, Elements...>::output>,
        "functional: the last layer hands on both directions, but a model hands out one value: read "
        "them with forward_of and backward_of");
    result.for_each_element([&](auto position, const auto& element) {
        using element_type = std::remove_cvref_t<decltype(element)>;
        if constexpr (!is_input<decltype(element_type::layer)>) {
            check_element<position.value>(
                result, element,
                typename elements_read<Names, position.value, typename element_type::reads>::type{});
        }
    });
    return result;
}

} // namespace detail

/// Inputs and layers, each of which reads what stands before it unless named<"…">(layer, reads<"…">) says
/// otherwise; the last one is the model's output. Layers that do not fit are compile errors that name the
/// position, the kind and both numbers.
template <class... Elements>
constexpr auto functional(const Elements&... elements) {
    using names = detail::element_names<decltype(detail::as_element(elements))...>;
    static_assert(names::all_differ(std::make_integer_sequence<int, sizeof...(Elements)>{}),
                  "functional: two layers have the same name");
    return detail::checked_model<names>(detail::with_shared_layers<names>(
        hana::make_tuple(detail::as_element(elements)...),
        std::make_integer_sequence<int, static_cast<int>(sizeof...(Elements))>{}));
}

/// A stack of layers: an input, then layers that each read the one before.
template <class Input, class... Layers>
constexpr auto sequential(const Input& input, const Layers&... layers) {
    static_assert(sizeof...(Layers) > 0, "sequential: a model needs at least one layer after its input");
    return functional(input, layers...);
}

} // namespace timeloom::dsl
