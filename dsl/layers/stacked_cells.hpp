// stacked_cells(layers…): several cells that make each time step together, as one layer.
#pragma once

#include "timeloom/dsl/cells/ops.hpp"
#include "timeloom/dsl/layers/layer_options.hpp"
#include "timeloom/dsl/layers/layer_types.hpp"

#include <vector>

namespace timeloom::declaration {

/// Recurrent layers one above the other, all but the last of which return sequences.
template <class... Layers>
struct stacked_cells_layer {
    hana::tuple<Layers...> layers;

    static constexpr fault kind() { return "stacked_cells"; }
    template <class Shape>
    static constexpr fault needs() {
        return detail::needs_sequence<Shape>();
    }

    template <class Shape>
    static constexpr auto output_of() {
        return hana::fold_left(hana::tuple_t<Layers...>, hana::type_c<Shape>, [](auto shape, auto layer) {
            using layer_type = typename decltype(layer)::type;
            return hana::type_c<typename layer_type::template after<typename decltype(shape)::type>::output>;
        });
    }
    template <class Shape>
    struct after {
        using output = typename decltype(output_of<Shape>())::type;
    };
    template <class Shape>
    constexpr long parameters() const {
        long total = 0;
        for_each_shaped<Shape>([&](const auto& layer, auto shape) {
            total += layer.template parameters<typename decltype(shape)::type>();
        });
        return total;
    }
    template <class Shape>
    std::vector<layer> describe() const {
        std::vector<layer> described;
        for_each_shaped<Shape>([&](const auto& layer, auto shape) {
            described.push_back(layer.template describe<typename decltype(shape)::type>());
        });
        return described;
    }

    // ---- States that it takes and hands on: those of the first cell first ----

    static constexpr int state_cells = sizeof...(Layers);
    static constexpr bool states_have_one_width = false;
    template <int Cell>
    static constexpr int state_width = std::remove_cvref_t<decltype(hana::at_c<Cell>(layers))>::width;
    constexpr int states_of(int cell) const {
        int count = 0;
        for_each_cell(
            [&](int number, const auto& layer) { count += number == cell ? layer.states_of(0) : 0; });
        return count;
    }
    constexpr state_place find_state(std::string_view label, int of_cell) const {
        state_place found;
        for_each_cell([&](int number, const auto& layer) {
            if (number == of_cell && layer.find_state(label, 0).cell == 0) {
                found = {number, label};
            }
        });
        return found;
    }

    /// Calls f(layer, the shape that it reads as a hana::type).
    template <class Shape, class F>
    constexpr void for_each_shaped(F&& f) const {
        hana::fold_left(layers, hana::type_c<Shape>, [&](auto shape, const auto& layer) {
            f(layer, shape);
            using layer_type = std::remove_cvref_t<decltype(layer)>;
            return hana::type_c<typename layer_type::template after<typename decltype(shape)::type>::output>;
        });
    }

  private:
    template <class F>
    constexpr void for_each_cell(F&& f) const {
        int number = 0;
        hana::for_each(layers, [&](const auto& layer) { f(number++, layer); });
    }
};

namespace detail {

template <class Argument>
inline constexpr bool is_option_of_stack =
    std::is_same_v<Argument, return_sequences_t> || std::is_same_v<Argument, go_backwards_t>;

/// True if a property differs between the layers.
template <class Property, class First, class... Layers>
constexpr bool differs(Property property, const First& first, const Layers&... layers) {
    return ((property(layers) != property(first)) || ...);
}
constexpr fault differing_states() { return "stacked_cells: all of the layers are stateful, or none is"; }
constexpr fault differing_windows() { return "stacked_cells: truncate gives all of the layers one window"; }

/// What is wrong with the arguments of stacked_cells(...).
template <class... Arguments>
struct stack_arguments {
    static constexpr fault wrong() {
        if ((0 + ... + (is_recurrent<Arguments> ? 1 : 0)) == 0) {
            return "stacked_cells: needs at least one recurrent layer";
        }
        fault first;
        int position = 0;
        ((++position, first = first_of(first, of_argument<Arguments>(position))), ...);
        return first;
    }

  private:
    template <class Argument>
    static constexpr fault of_argument(int position) {
        if constexpr (is_recurrent<Argument>) {
            return Argument::reads_backwards
                       ? say("stacked_cells: argument ", position, ", ", Argument::kind(),
                             "(go_backwards): go_backwards stands behind all of the layers, which read the "
                             "sequence once, together")
                       : fault{};
        } else if constexpr (is_layer<Argument>) {
            return say("stacked_cells: argument ", position, ", ", Argument::kind(), hint);
        } else if constexpr (!is_option_of_stack<Argument>) {
            return say("stacked_cells: argument ", position, hint);
        } else {
            return {};
        }
    }
    static constexpr std::string_view hint =
        ": it takes recurrent layers (recurrent, simple_rnn, lstm, gru), and behind them go_backwards, "
        "return_sequences";
};

/// The layers as one: the first one reads the sequence in the order that is asked for, the others what it
/// hands on.
template <bool Sequences, class... Layers>
constexpr auto stacked(bool backwards, const hana::tuple<Layers...>& layers) {
    auto all = hana::append(
        hana::transform(hana::drop_back(layers), [](const auto& layer) { return layer.with_sequences(); }),
        [&] {
            if constexpr (Sequences) {
                return hana::back(layers).with_sequences();
            } else {
                return hana::back(layers);
            }
        }());
    hana::front(all).backwards = backwards;
    return hana::unpack(all, [](const auto&... each) {
        return stacked_cells_layer<std::remove_cvref_t<decltype(each)>...>{hana::make_tuple(each...)};
    });
}

} // namespace detail

/// Keras's StackedRNNCells under an RNN layer: the output of each cell is the input of the next one within
/// the step. Written as recurrent layers, whose widths may differ; what concerns all of them, as
/// go_backwards and return_sequences, stands behind the last: stacked_cells(lstm<64>(), gru<32>(),
/// go_backwards). Its states are those of its cells, numbered from 0: return_state<"stack", "c", 0>().
template <class... Arguments>
constexpr auto stacked_cells(const Arguments&... arguments) {
    if constexpr ((is_refused<Arguments> || ...)) {
        return refused{};
    } else if constexpr (!refuse<detail::stack_arguments<Arguments...>::wrong>()) {
        return refused{};
    } else {
        const auto layers = hana::flatten(hana::make_tuple([](const auto& argument) {
            if constexpr (is_recurrent<std::remove_cvref_t<decltype(argument)>>) {
                return hana::make_tuple(argument);
            } else {
                return hana::make_tuple();
            }
        }(arguments)...));
        const auto differ = [&](auto property) {
            return hana::unpack(layers,
                                [&](const auto&... each) { return detail::differs(property, each...); });
        };
        if (differ([](const auto& layer) { return layer.keeps_states; })) {
            static_cast<void>(not_meant<detail::differing_states>{});
        }
        if (differ([](const auto& layer) { return layer.window; })) {
            static_cast<void>(not_meant<detail::differing_windows>{});
        }
        return detail::stacked<detail::has<return_sequences_t, Arguments...>>(
            detail::has<go_backwards_t, Arguments...>, layers);
    }
}

} // namespace timeloom::declaration
