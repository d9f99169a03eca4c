// What is wrong with the place of a layer in its model: where it stands, what it is called, which layers it
// names.
#pragma once

#include "timeloom/dsl/layers/joins.hpp"
#include "timeloom/dsl/layers/layer_types.hpp"
#include "timeloom/dsl/models/element_list.hpp"

namespace timeloom::declaration::detail {

/// The names that a layer at `position` may refer to.
template <class Names>
constexpr fault names_before(int position) {
    fault list;
    for (int i = 0; i < position; ++i) {
        const std::string_view name = Names::names[static_cast<std::size_t>(i)];
        if (!name.empty()) {
            list = say(list, list.empty() ? "" : ", ", quoted(name));
        }
    }
    return list.empty() ? fault(" (no layer before it has a name)") : say(" (before it stand ", list, ")");
}

/// The first name of an option such as reads<"a", "b"> that no layer before element `I` has.
template <class Elements, int I, template <fixed_string...> class Option, fixed_string... Name>
constexpr fault fault_of_names(std::string_view option, Option<Name...>) {
    using names = typename Elements::names;
    fault first;
    [[maybe_unused]] const auto check = [&](std::string_view name) {
        if (first.empty() && names::find(name, I) < 0) {
            first = say(label_at<Elements, I>(), ": ", option, "<", quoted(name), ">, but ",
                        names::find(name, Elements::size) < 0 ? "no layer is called so"
                                                              : "this layer does not stand before it",
                        names_before<names>(I));
        }
    };
    (check(Name.view()), ...);
    return first;
}

/// What shared<"name">() stands for must be a layer before it, with parameters of its own.
template <class Elements, int I>
constexpr fault fault_of_shared() {
    using layer = layer_at<Elements, I>;
    if constexpr (is_shared_call<layer>) {
        constexpr int source = Elements::names::find(layer::name(), I);
        if constexpr (source < 0) {
            return say(label_at<Elements, I>(), ": no layer before it is called so",
                       names_before<typename Elements::names>(I));
        } else if constexpr (is_shared_call<layer_at<Elements, source>>) {
            return say(label_at<Elements, I>(), ": ", label_at<Elements, source>(),
                       ", is shared itself: name the layer whose parameters it shares");
        } else {
            using source_layer = layer_at<Elements, source>;
            return is_input<source_layer> || is_final_state<source_layer>
                       ? say(label_at<Elements, I>(), ": ", label_at<Elements, source>(),
                             ", has no parameters to share")
                       : fault{};
        }
    } else {
        return {};
    }
}

template <class Elements, int I>
constexpr fault fault_of_place() {
    if constexpr (I == 0 && !is_input<layer_at<Elements, 0>>) {
        return say(label_at<Elements, 0>(), ": a model begins with its input: input<timesteps>() for token "
                                            "ids, input<timesteps, features>() for vectors");
    } else {
        using element = typename Elements::template element<I>;
        const int same = element::name().empty() ? -1 : Elements::names::find(element::name(), I);
        return first_of(same >= 0 ? say(label_at<Elements, I>(), ": layer ", same, " has the same name")
                                  : fault{},
                        fault_of_names<Elements, I>("reads", typename element::reads{}),
                        fault_of_names<Elements, I>("initial_state", typename element::states{}),
                        fault_of_shared<Elements, I>());
    }
}

} // namespace timeloom::declaration::detail
