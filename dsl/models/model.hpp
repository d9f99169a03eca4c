// sequential(input, layers…) and functional(…): a model as a constexpr value.
#pragma once

#include "timeloom/dsl/layers/bidirectional.hpp"
#include "timeloom/dsl/layers/joins.hpp"
#include "timeloom/dsl/layers/layers.hpp"
#include "timeloom/dsl/layers/placement.hpp"
#include "timeloom/dsl/layers/pooling_layers.hpp"
#include "timeloom/dsl/layers/shape_layers.hpp"
#include "timeloom/dsl/layers/shared_layer.hpp"
#include "timeloom/dsl/layers/stacked_cells.hpp"
#include "timeloom/dsl/layers/time_distributed.hpp"
#include "timeloom/dsl/models/argument_faults.hpp"
#include "timeloom/dsl/models/element_list.hpp"
#include "timeloom/dsl/models/model_faults.hpp"
#include "timeloom/dsl/models/value_faults.hpp"

#include <utility>

namespace timeloom::declaration {

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
template <class Layer, class Shapes, class Reads>
struct shape_after;
template <class Layer, class Shapes, int... Read>
struct shape_after<Layer, Shapes, std::integer_sequence<int, Read...>> {
    using output = typename Layer::template after<typename decltype(+hana::at_c<Read>(
        std::declval<Shapes>()))::type...>::output;
};

} // namespace detail

/// Inputs and layers in their order. `Shapes` is a hana::tuple of hana::type: what each of them hands on.
template <class Shapes, class... Elements>
struct model {
    hana::tuple<Elements...> elements;

    using names = detail::element_names<Elements...>;
    static constexpr int size = static_cast<int>(sizeof...(Elements));
    template <int Position>
    using element_at = std::tuple_element_t<static_cast<std::size_t>(Position), std::tuple<Elements...>>;
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

/// The shape of an element, where `Reads` are the numbers of those that it reads.
template <int Position, class Shapes, class Layers, class Layer, int First, int... More>
constexpr auto shape_of(std::integer_sequence<int, First, More...> reads) {
    using source = typename decltype(+hana::at_c<First>(std::declval<Layers>()))::type;
    if constexpr (is_final_state<Layer>) {
        return hana::type_c<vector<source::template state_width<Layer::of_cell>>>;
    } else {
        return hana::type_c<typename shape_after<Layer, Shapes, decltype(reads)>::output>;
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

/// The model of these elements, which fit together.
template <class Names, class... Elements>
constexpr auto shaped_model(const hana::tuple<Elements...>& elements) {
    using shapes = decltype(shapes_of<Names>(hana::type_c<Elements>...));
    return model<shapes, Elements...>{elements};
}

/// The first fault of a model's arguments: one of them is no layer, or does not fit to the others.
template <class... Arguments>
constexpr fault fault_of_model() {
    constexpr fault arguments = fault_of_arguments<Arguments...>();
    if constexpr (!arguments.empty()) {
        return arguments;
    } else {
        using elements = element_list<decltype(as_element(std::declval<const Arguments&>()))...>;
        return model_check<elements>::wrong();
    }
}

template <class... Arguments>
constexpr auto model_of(const Arguments&... arguments) {
    using names = element_names<decltype(as_element(arguments))...>;
    return shaped_model<names>(
        with_shared_layers<names>(hana::make_tuple(as_element(arguments)...),
                                  std::make_integer_sequence<int, static_cast<int>(sizeof...(Arguments))>{}));
}

template <class T>
inline constexpr bool is_refused_element = is_refused<T>;
template <fixed_string Name, class Reads, class States>
inline constexpr bool is_refused_element<placed_layer<Name, refused, Reads, States>> = true;

/// Makes models: see functional and sequential.
struct model_maker {
    template <class... Elements>
    constexpr auto operator()(const Elements&... elements) const {
        if constexpr ((is_refused_element<Elements> || ...)) {
            return refused{};
        } else if constexpr (!refuse<fault_of_model<Elements...>>()) {
            return refused{};
        } else {
            const auto result = model_of(elements...);
            static_cast<void>(checks_of<std::remove_const_t<decltype(result)>>{result});
            return result;
        }
    }
};

} // namespace detail

/// functional(elements…): inputs and layers, each of which reads what stands before it unless
/// named<"…">(layer, reads<"…">) says otherwise; the last one is the model's output. Layers that do not fit
/// are compile errors that name the position (0 is the first input), the name, the kind and both numbers.
inline constexpr detail::model_maker functional{};

/// sequential(input, layers…): a stack of layers that each read the one before.
inline constexpr detail::model_maker sequential{};

} // namespace timeloom::declaration
