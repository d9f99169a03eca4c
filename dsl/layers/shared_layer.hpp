// shared<"layer">(): a layer called once more, with the same parameters, on what else it is to read.
#pragma once

#include "timeloom/dsl/cells/ops.hpp" // for hana
#include "timeloom/dsl/layers/placement.hpp"

namespace timeloom::declaration {

/// Stands for the layer called `Name` where that is not known yet.
template <fixed_string Name>
struct shared_call {
    static constexpr std::string_view name() { return Name.view(); }
};

/// The layer of element `Source`, once more.
template <class Layer, int Source>
struct shared_layer : Layer {
    static constexpr int source = Source;
    template <class...>
    static constexpr long parameters() {
        return 0;
    }
};

/// True if a layer's parameters are those of another one.
template <class Layer>
inline constexpr bool is_shared = false;
template <class Layer, int Source>
inline constexpr bool is_shared<shared_layer<Layer, Source>> = true;

/// What Keras does when one layer is called on two inputs: the same weights, whose gradients add up. Reads
/// the layer before it, or what reads<"…"> says, with as many features; the sequence may have another length:
/// named<"second">(shared<"encoder">(), reads<"other">).
template <fixed_string Name>
constexpr shared_call<Name> shared() {
    return {};
}

namespace detail {

template <class Layer>
inline constexpr bool is_shared_call = false;
template <fixed_string Name>
inline constexpr bool is_shared_call<shared_call<Name>> = true;

/// The element with the layer that it stands for. `elements` are those before it and itself.
template <class Names, int Position, class Elements, class Element>
constexpr auto with_shared_layer(const Elements& elements, const Element& element) {
    using layer_type = std::remove_cvref_t<decltype(element.layer)>;
    if constexpr (is_shared_call<layer_type>) {
        constexpr int source = Names::find(layer_type::name(), Position);
        const auto& original = hana::at_c<source>(elements).layer;
        using original_type = std::remove_cvref_t<decltype(original)>;
        return element.with_layer(shared_layer<original_type, source>{original});
    } else {
        return element;
    }
}

} // namespace detail

} // namespace timeloom::declaration
