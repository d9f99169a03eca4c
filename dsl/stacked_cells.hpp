// stacked_cells(layers…): several cells that make each time step together, as one layer.
#pragma once

#include "timeloom/dsl/layer_types.hpp"
#include "timeloom/dsl/ops.hpp"

#include <vector>

namespace timeloom::dsl {

/// Recurrent layers one above the other, all but the last of which return sequences.
template <class... Layers>
struct stacked_cells_layer {
    hana::tuple<Layers...> layers;

    template <int Position, class Shape>
    static constexpr auto output_of() {
        return hana::fold_left(hana::tuple_t<Layers...>, hana::type_c<Shape>, [](auto shape, auto layer) {
            using layer_type = typename decltype(layer)::type;
            return hana::type_c<
                typename layer_type::template after<Position, typename decltype(shape)::type>::output>;
        });
    }

    template <int Position, class Shape>
    struct after {
        using output = typename decltype(output_of<Position, Shape>())::type;
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

  private:
    template <class Shape, class F>
    constexpr void for_each_shaped(F&& f) const {
        hana::fold_left(layers, hana::type_c<Shape>, [&](auto shape, const auto& layer) {
            f(layer, shape);
            using layer_type = std::remove_cvref_t<decltype(layer)>;
            return hana::type_c<
                typename layer_type::template after<0, typename decltype(shape)::type>::output>;
        });
    }
};

/// Keras's StackedRNNCells under an RNN layer: the output of each cell is the input of the next one within
/// the step. Written as recurrent layers, whose widths may differ; return_sequences stands with the last.
template <class... Layers>
constexpr auto stacked_cells(const Layers&... layers) {
    static_assert(sizeof...(Layers) > 0, "stacked_cells: needs at least one recurrent layer");
    static_assert((is_recurrent<Layers> && ...),
                  "stacked_cells: needs recurrent layers: recurrent, simple_rnn, lstm or gru");
    const auto inner = hana::drop_back(hana::make_tuple(layers...));
    const auto sequences = hana::transform(inner, [](const auto& layer) { return layer.with_sequences(); });
    return hana::unpack(
        hana::append(sequences, hana::back(hana::make_tuple(layers...))), [](const auto&... all) {
            return stacked_cells_layer<std::remove_cvref_t<decltype(all)>...>{hana::make_tuple(all...)};
        });
}

} // namespace timeloom::dsl
