// sequential(input, layers…) and functional(…): a model as a constexpr value.
#pragma once

#include "timeloom/dsl/bidirectional.hpp"
#include "timeloom/dsl/joins.hpp"
#include "timeloom/dsl/layers.hpp"
#include "timeloom/dsl/placement.hpp"
#include "timeloom/dsl/shape_layers.hpp"
#include "timeloom/dsl/stacked_cells.hpp"

#include <utility>

namespace timeloom::dsl {

namespace detail {

/// dropout(rate), softmax and activation(f) stand for layers where they stand between layers.
constexpr dropout_layer as_layer(const dropout& d) { return {.rate = d.rate}; }
constexpr softmax_layer as_layer(softmax_t) { return {}; }
constexpr activation_layer as_layer(const activation& a) {
    return {.cell = cell<"activation">([f = a.function](inputs x) { return output(f(x)); })};
}
template <class Layer>
constexpr Layer as_layer(const Layer& l) {
    return l;
}

template <class Layer>
constexpr auto as_element(const Layer& l) {
    return placed_layer<"", decltype(as_layer(l))>{as_layer(l)};
}
template <fixed_string Name, class Layer, class Reads, class States>
constexpr auto as_element(const placed_layer<Name, Layer, Reads, States>& placed) {
    return placed_layer<Name, decltype(as_layer(placed.layer)), Reads, States>{as_layer(placed.layer)};
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
    : shape_check<is_vector<Shape> || (Sources == 1 && is_recurrent<Source>), Position, "initial_state",
                  got<Shape>, needed<"a vector, or one recurrent layer alone">> {
    static_assert(
        is_vector<Shape> || (Sources == 1 && is_recurrent<Source>),
        "functional: a state starts at a vector, (batch, units), or where that of a recurrent layer ends");
};

/// States that are handed over must be as wide as the layer that takes them, and all of its states need one.
template <int Position, class Layer, class Model, int... From>
constexpr void check_initial_states([[maybe_unused]] const Layer& layer, [[maybe_unused]] const Model& m,
                                    std::integer_sequence<int, From...>) {
    if constexpr (sizeof...(From) > 0) {
        static_assert(is_recurrent<Layer>, "functional: only a recurrent layer has an initial_state");
        (static_cast<void>(
             state_width_check<Position, Model::template shape_at<From>::features, Layer::width>{}),
         ...);
        (static_cast<void>(
             state_start_check<Position, typename Model::template shape_at<From>,
                               std::remove_cvref_t<decltype(hana::at_c<From>(m.elements).layer)>,
                               static_cast<int>(sizeof...(From))>{}),
         ...);
        int states = 0;
        const auto count = [&](const auto& from) {
            if constexpr (sizeof...(From) == 1 && is_recurrent<std::remove_cvref_t<decltype(from)>>) {
                states += from.cell.states.size();
            } else {
                ++states;
            }
        };
        (count(hana::at_c<From>(m.elements).layer), ...);
        if (states != layer.cell.states.size()) {
            throw std::invalid_argument(
                "timeloom: initial_state must give each of the cell's states a start");
        }
    }
}

/// A final state is one that the layer has.
template <class Layer, class Source>
constexpr void check_final_state(const Source& source) {
    static_assert(is_recurrent<Source>, "return_state: only a recurrent layer has states");
    for (const state_entry& s : source.cell.states) {
        if (s.label == name(Layer::state())) {
            return;
        }
    }
    throw std::invalid_argument("timeloom: return_state names a state that the layer's cell does not have");
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
            return hana::append(
                shapes,
                hana::type_c<typename shape_after<layer_type, position, decltype(shapes), reads>::output>);
        }
    };
    return hana::fold_left(hana::make_tuple(elements...), hana::make_tuple(), append);
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
    using shapes =
        decltype(detail::shapes_of<names>(hana::type_c<decltype(detail::as_element(elements))>...));
    const model<shapes, decltype(detail::as_element(elements))...> result{
        hana::make_tuple(detail::as_element(elements)...)};
    result.for_each_element([&](auto position, const auto& element) {
        using element_type = std::remove_cvref_t<decltype(element)>;
        if constexpr (!is_input<decltype(element_type::layer)>) {
            detail::check_element<position.value>(
                result, element,
                typename detail::elements_read<names, position.value, typename element_type::reads>::type{});
        }
    });
    return result;
}

/// A stack of layers: an input, then layers that each read the one before.
template <class Input, class... Layers>
constexpr auto sequential(const Input& input, const Layers&... layers) {
    static_assert(sizeof...(Layers) > 0, "sequential: a model needs at least one layer after its input");
    return functional(input, layers...);
}

} // namespace timeloom::dsl
