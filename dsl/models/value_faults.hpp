// What is wrong with a model that only its layers' values tell, not their types: how their cells read the
// input, how many states they have.
#pragma once

#include "timeloom/dsl/layers/joins.hpp"
#include "timeloom/dsl/layers/layer_types.hpp"
#include "timeloom/dsl/layers/placement.hpp"
#include "timeloom/dsl/layers/shared_layer.hpp"
#include "timeloom/dsl/models/element_list.hpp"

#include <type_traits>
#include <utility>

namespace timeloom::declaration::detail {

/// True if a cell of the layer reads its input pointwise though it is not as wide. `Before` is the input's
/// shape.
template <class Before, class Layer>
constexpr bool misreads_input([[maybe_unused]] const Layer& layer) {
    bool wrong = false;
    if constexpr (requires { layer.inner; }) {
        wrong = misreads_input<Before>(layer.inner);
    } else if constexpr (requires { layer.layers; }) {
        layer.template for_each_shaped<Before>([&](const auto& each, auto shape) {
            wrong = wrong || misreads_input<typename decltype(shape)::type>(each);
        });
    } else if constexpr (requires { layer.cell.nodes, Layer::width; }) {
        wrong = Before::features != Layer::width && uses_input_pointwise(layer.cell);
    }
    return wrong;
}

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

/// True if the states that are handed over are as many and as wide as those of the layer that takes them.
template <class Model, class Layer, int... From>
constexpr bool starts_fit([[maybe_unused]] const Model& m, [[maybe_unused]] const Layer& layer,
                          std::integer_sequence<int, From...>) {
    if constexpr (sizeof...(From) == 0) {
        return true;
    } else {
        static_vector<int, 64> given;
        const auto append = [&](const auto& from, int features) {
            if constexpr (sizeof...(From) == 1 && has_states<std::remove_cvref_t<decltype(from)>>) {
                given = widths_of_states(from);
            } else {
                given.push_back(features);
            }
        };
        (append(hana::at_c<From>(m.elements).layer, Model::template shape_at<From>::features), ...);
        return given == widths_of_states(layer);
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

/// What only the values of element `I` tell: whether it is wrong, and the sentence for it.
template <class Model, int I>
struct element_values {
    using element = typename Model::template element_at<I>;
    using layer = std::remove_cvref_t<decltype(element::layer)>;
    static constexpr bool is_layer = !is_input<layer>;

    static constexpr bool misreads(const Model& m) {
        if constexpr (is_layer) {
            return misreads_input<typename Model::template shape_at<first()>>(
                hana::at_c<I>(m.elements).layer);
        } else {
            return false;
        }
    }
    static constexpr fault misread() {
        if constexpr (!is_layer) {
            return {};
        } else if constexpr (requires { layer::width; }) {
            using before = typename Model::template shape_at<first()>;
            return say(label_of<element>(I), ": its cell uses the input pointwise, so it needs ",
                       layer::width, " features, but gets ", before::features);
        } else {
            return say(label_of<element>(I),
                       ": one of its cells uses its input pointwise, but has another number "
                       "of units than the input has features");
        }
    }

    static constexpr bool starts_otherwise(const Model& m) {
        if constexpr (has_states<layer>) {
            return !starts_fit(m, hana::at_c<I>(m.elements).layer,
                               typename Model::template states_of<I, element>{});
        } else {
            return false;
        }
    }
    static constexpr fault start() {
        return say(label_of<element>(I),
                   ": initial_state must give each of its states a start of the same width");
    }

    static constexpr bool asks_for_nothing(const Model& m) {
        if constexpr (is_final_state<layer>) {
            return hana::at_c<first()>(m.elements).layer.find_state(layer::state(), layer::of_cell).cell < 0;
        } else {
            return false;
        }
    }
    static constexpr fault no_state() {
        if constexpr (is_final_state<layer>) {
            return say(label_of<element>(I), ": layer ", first(), " has no state ", quoted(layer::state()));
        } else {
            return {};
        }
    }

    static constexpr bool shares_states(const Model& m) {
        if constexpr (is_shared<layer>) {
            return is_stateful(hana::at_c<I>(m.elements).layer);
        } else {
            return false;
        }
    }
    static constexpr fault shared_states() {
        return say(label_of<element>(I), ": a stateful layer has the states of one call only");
    }

    // True if the sentences can be needed: each costs a compiler time.
    static constexpr bool may_misread() {
        if constexpr (is_layer && requires { layer::width; }) {
            return Model::template shape_at<first()>::features != layer::width && !is_dense<layer>;
        } else {
            return requires(layer l) { l.layers; };
        }
    }
    static constexpr bool has_starts = !std::is_same_v<typename element::states, initial_state_t<>>;

  private:
    template <int First, int... More>
    static constexpr int first_of_reads(std::integer_sequence<int, First, More...>) {
        return First;
    }
    static constexpr int first() { return first_of_reads(typename Model::template reads_of<I, element>{}); }
};

/// Not meant where that is possible at all.
template <bool Possible, fault Sentence()>
struct stop_at : not_meant<Sentence> {};
template <fault Sentence()>
struct stop_at<false, Sentence> {
    bool stops = false;
};

/// Checks the values of all elements where it is initialized: no function's call stands between the error and
/// the declaration.
template <class Model, class Positions>
struct value_checks;
template <class Model, int... I>
struct value_checks<Model, std::integer_sequence<int, I...>> {
    const Model& m;
    template <int P>
    using at = element_values<Model, P>;
    bool fits = ((!(at<I>::misreads(m) && stop_at<at<I>::may_misread(), at<I>::misread>{}.stops) &&
                  !(at<I>::starts_otherwise(m) && stop_at<at<I>::has_starts, at<I>::start>{}.stops) &&
                  !(at<I>::asks_for_nothing(m) &&
                    stop_at<is_final_state<typename at<I>::layer>, at<I>::no_state>{}.stops) &&
                  !(at<I>::shares_states(m) &&
                    stop_at<is_shared<typename at<I>::layer>, at<I>::shared_states>{}.stops)) &&
                 ...);
};
template <class Model>
using checks_of = value_checks<Model, std::make_integer_sequence<int, Model::size>>;

} // namespace timeloom::declaration::detail
