// describe(model): the declaration as plain data, its layers named as Keras names them.
#pragma once

#include "timeloom/dsl/models/network_builder.hpp"

namespace timeloom::declaration {

namespace detail {

template <int... Numbers>
std::vector<int> as_vector(std::integer_sequence<int, Numbers...>) {
    return {Numbers...};
}

/// The layer at `Position` as plain data.
template <int Position, class Model, class Element>
void describe_layer(const Model& m, const Element& element, network_builder& builder) {
    using layer_type = std::remove_cvref_t<decltype(element.layer)>;
    using reads = typename Model::template reads_of<Position, Element>;
    const std::vector<int> read = as_vector(reads{});
    const std::vector<int> states = as_vector(typename Model::template states_of<Position, Element>{});
    const auto described = [&]<int... Read>(std::integer_sequence<int, Read...>) {
        return element.layer.template describe<typename Model::template shape_at<Read>...>();
    }
    (reads{});
    if constexpr (requires { layer_type::state(); }) {
        const auto place = [&]<int Source>(std::integer_sequence<int, Source>) {
            return hana::at_c<Source>(m.elements).layer.find_state(layer_type::state(), layer_type::of_cell);
        };
        builder.add_final_state(Position, described, element.name(), read[0], place(reads{}));
    } else if constexpr (std::is_same_v<std::remove_cvref_t<decltype(described)>, described_direction>) {
        builder.add_direction(Position, described, element.name(), read[0]);
    } else if constexpr (is_shared<layer_type>) {
        builder.add_shared_layer(Position, layer_type::source, described, element.name(), read, states);
    } else {
        builder.add_layer(Position, described, element.name(), read, states);
    }
}

} // namespace detail

/// The model as plain data. A bidirectional layer is three layers: its directions, and what joins them.
template <class Shapes, class... Elements>
network describe(const model<Shapes, Elements...>& m) {
    detail::network_builder builder(model<Shapes, Elements...>::names::names);
    m.for_each_element([&](auto position, const auto& element) {
        if constexpr (is_input<decltype(std::remove_cvref_t<decltype(element)>::layer)>) {
            builder.add_input(position, element.layer.describe(), element.name());
        }
    });
    m.for_each_element([&](auto position, const auto& element) {
        if constexpr (!is_input<decltype(std::remove_cvref_t<decltype(element)>::layer)>) {
            detail::describe_layer<decltype(position)::value>(m, element, builder);
        }
    });
    return builder.finish();
}

} // namespace timeloom::declaration
