// sequential(input, layers…): a model as a constexpr value.
#pragma once

#include "timeloom/dsl/bidirectional.hpp"
#include "timeloom/dsl/layers.hpp"
#include "timeloom/dsl/shape_layers.hpp"

#include <array>
#include <map>
#include <set>
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

} // namespace detail

/// Layers with the shapes between them. `Shapes` is a hana::tuple of hana::type: the output of each layer,
/// input first.
template <class Layers, class Shapes>
struct model {
    Layers layers;

    static constexpr auto shapes() { return Shapes{}; }

    /// Shape of what the model hands out.
    using output = typename decltype(+hana::back(Shapes{}))::type;
    using input = typename decltype(+hana::front(Shapes{}))::type;

    /// Number of trained values, as Keras counts them.
    constexpr long parameters() const {
        long total = 0;
        for_each_layer([&](const auto& layer, auto shape) {
            total += layer.template parameters<typename decltype(shape)::type>();
        });
        return total;
    }

    /// The parameters of one layer; 0 is the first after the input.
    constexpr long parameters(int position) const {
        long count = 0;
        int i = 0;
        for_each_layer([&](const auto& layer, auto shape) {
            if (i++ == position) {
                count = layer.template parameters<typename decltype(shape)::type>();
            }
        });
        return count;
    }

    /// Calls f(layer, type of its input's shape) for every layer in order.
    template <class F>
    constexpr void for_each_layer(F&& f) const {
        hana::for_each(hana::zip(layers, hana::drop_back(Shapes{})),
                       [&](const auto& pair) { f(hana::at_c<0>(pair), hana::at_c<1>(pair)); });
    }
};

namespace detail {

template <class Shapes, class Layer>
constexpr auto append_shape(Shapes shapes, hana::basic_type<Layer>) {
    using before = typename decltype(+hana::back(shapes))::type;
    constexpr int position = static_cast<int>(decltype(hana::size(shapes))::value);
    using after = typename Layer::template after<position, before>;
    return hana::append(shapes, hana::type_c<typename after::output>);
}

} // namespace detail

/// A stack of layers. Shapes are inferred from the input on; a layer that does not fit is a compile error
/// that names its position, its kind and both numbers.
template <class Input, class... Layers>
constexpr auto sequential(const Input&, const Layers&... layers) {
    static_assert(sizeof...(Layers) > 0, "sequential: a model needs at least one layer after its input");
    auto tuple = hana::make_tuple(detail::as_layer(layers)...);
    constexpr auto types = hana::tuple_t<decltype(detail::as_layer(layers))...>;
    constexpr auto start = hana::make_tuple(hana::type_c<typename Input::output>);
    using shapes = decltype(hana::fold_left(
        types, start, [](auto seen, auto layer) { return detail::append_shape(seen, layer); }));
    model<decltype(tuple), shapes> result{tuple};
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (detail::check_cell<I + 1, typename decltype(+hana::at_c<I>(shapes{}))::type>(hana::at_c<I>(tuple)),
         ...);
    }
    (std::index_sequence_for<Layers...>{});
    return result;
}

namespace detail {

/// Names as Keras gives them: lstm, lstm_1, dense, …
class layer_names {
  public:
    std::string next(const std::string& base) {
        std::string name = base;
        while (!seen_.insert(name).second) {
            name = base + "_" + std::to_string(++repeats_[base]);
        }
        return name;
    }

  private:
    std::set<std::string> seen_;
    std::map<std::string, int> repeats_;
};

inline void append(network& n, layer_names& names, layer l) {
    l.name = names.next(l.name);
    n.layers.push_back(std::move(l));
}

inline void append(network& n, layer_names& names, wrapped_layer l) {
    l.inner.name = names.next(l.wrapper) + "/" + names.next(l.inner.name);
    n.layers.push_back(std::move(l.inner));
}

/// The directions of a bidirectional layer are named after the layer that it wraps.
inline void append(network& n, layer_names& names, std::array<layer, 3> parts) {
    auto& [forward, backward, merged] = parts;
    const std::string wrapped = names.next(forward.name);
    merged.name = names.next(merged.name);
    forward.name = merged.name + "/forward_" + wrapped;
    backward.name = merged.name + "/backward_" + wrapped;
    for (layer& part : parts) {
        n.layers.push_back(std::move(part));
    }
}

} // namespace detail

/// The model as plain data, its layers named as Keras names them. A bidirectional layer is three of them.
template <class Layers, class Shapes>
network describe(const model<Layers, Shapes>& m) {
    using input = typename model<Layers, Shapes>::input;
    network n;
    n.timesteps = input::timesteps;
    n.features = input::features;
    detail::layer_names names;
    m.for_each_layer([&](const auto& l, auto shape) {
        detail::append(n, names, l.template describe<typename decltype(shape)::type>());
    });
    return n;
}

} // namespace timeloom::dsl
