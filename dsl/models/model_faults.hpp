// What is wrong with a model's elements, told by their types: the first fault, in one sentence that names the
// layer by its place, its name and its kind.
#pragma once

#include "timeloom/dsl/layers/joins.hpp"
#include "timeloom/dsl/models/element_list.hpp"
#include "timeloom/dsl/models/place_faults.hpp"
#include "timeloom/dsl/models/shape_faults.hpp"
#include "timeloom/dsl/models/state_faults.hpp"

#include <tuple>
#include <utility>

namespace timeloom::declaration::detail {

/// Looks through a model's elements from the first to the last. Each of them is told what the elements before
/// it hand on, until one of them does not fit.
template <class Elements>
struct model_check {
    static constexpr fault wrong() { return from<0, std::tuple<>>(); }

  private:
    template <int I, class Shapes>
    static constexpr fault from() {
        if constexpr (I == Elements::size) {
            return fault_of_output<Elements, shape_at<Shapes, I - 1>>();
        } else {
            constexpr fault place = fault_of_place<Elements, I>();
            if constexpr (!place.empty()) {
                return place;
            } else if constexpr (is_input<layer_at<Elements, I>>) {
                return next<I, Shapes, typename layer_at<Elements, I>::output>();
            } else if constexpr (is_final_state<original_layer<Elements, I>>) {
                return of_final_state<I, Shapes>(typename Elements::template reads<I>{});
            } else {
                return of_layer<I, Shapes>(typename Elements::template reads<I>{});
            }
        }
    }

    /// Goes on after element `I`, which hands on `Shape`.
    template <int I, class Shapes, class Shape>
    static constexpr fault next() {
        return from<I + 1,
                    decltype(std::tuple_cat(std::declval<Shapes>(), std::declval<std::tuple<Shape>>()))>();
    }

    template <int I, class Shapes, int Source, int... More>
    static constexpr fault of_final_state(std::integer_sequence<int, Source, More...>) {
        constexpr fault state = fault_of_final_state<Elements, I, Source>();
        if constexpr (!state.empty()) {
            return state;
        } else {
            constexpr int cell = layer_at<Elements, I>::of_cell;
            return next<I, Shapes, vector<original_layer<Elements, Source>::template state_width<cell>>>();
        }
    }

    template <int I, class Shapes, int First, int... More>
    static constexpr fault of_layer(std::integer_sequence<int, First, More...> reads) {
        using layer = original_layer<Elements, I>;
        if constexpr (!requires {
                          layer::template needs<shape_at<Shapes, First>, shape_at<Shapes, More>...>();
                      }) {
            return say(label_at<Elements, I>(), ": reads one value, but reads<...> names ",
                       static_cast<int>(1 + sizeof...(More)),
                       ": concatenate, add, multiply or average makes one of several");
        } else {
            constexpr fault needed =
                layer::template needs<shape_at<Shapes, First>, shape_at<Shapes, More>...>();
            if constexpr (!needed.empty()) {
                return misfit<Elements, I, Shapes>(needed, reads);
            } else {
                constexpr fault other =
                    first_of(fault_of_width<Elements, I, Shapes, First>(),
                             fault_of_states<Elements, I, Shapes>(typename Elements::template starts<I>{}));
                if constexpr (!other.empty()) {
                    return other;
                } else {
                    return next<I, Shapes,
                                typename layer::template after<shape_at<Shapes, First>,
                                                               shape_at<Shapes, More>...>::output>();
                }
            }
        }
    }
};

} // namespace timeloom::declaration::detail
