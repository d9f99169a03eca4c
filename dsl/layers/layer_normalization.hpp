// layer_normalization(epsilon): every vector with mean 0 and variance 1, scaled and shifted.
#pragma once

#include "timeloom/dsl/layers/layer_options.hpp"
#include "timeloom/dsl/layers/option_list.hpp"
#include "timeloom/dsl/layers/parameter_options.hpp"
#include "timeloom/dsl/layers/shape.hpp"
#include "timeloom/dsl/network/network.hpp"

#include <concepts>

namespace timeloom::declaration {

/// Whether a normalization adds beta.
struct center {
    bool value;
    constexpr explicit center(bool adds_beta) : value(adds_beta) {}
};
/// Whether a normalization multiplies by gamma.
struct scale {
    bool value;
    constexpr explicit scale(bool multiplies_by_gamma) : value(multiplies_by_gamma) {}
};

struct layer_normalization_layer {
    normalization options{};
    layer_rules rules{};

    static constexpr fault kind() { return "layer_normalization"; }
    template <class Shape>
    static constexpr fault needs() {
        return detail::needs_vectors<Shape>();
    }
    template <class Shape>
    struct after {
        using output = Shape;
    };
    template <class Shape>
    constexpr long parameters() const {
        return static_cast<long>(Shape::features) * ((options.scale ? 1 : 0) + (options.center ? 1 : 0));
    }
    template <class Shape>
    layer describe() const {
        return {.kind = layer_kind::layer_normalization,
                .name = "layer_normalization",
                .timesteps = Shape::timesteps,
                .features = Shape::features,
                .units = Shape::features,
                .normalized = options,
                .rules = rules};
    }
};

namespace detail {

struct layer_normalization_options
    : joined<option_list<"center(bool), scale(bool)", center, scale>, gamma_options, beta_options> {};

template <>
inline constexpr std::string_view option_name<center> = "center(bool)";
template <>
inline constexpr std::string_view option_name<scale> = "scale(bool)";

template <class... Given>
constexpr fault layer_normalization_arguments() {
    return given_options<layer_normalization_options, Given...>::wrong("layer_normalization");
}

} // namespace detail

/// Keras's LayerNormalization over the features: gamma · (x − mean) / sqrt(variance + epsilon) + beta.
/// Options: center(true), scale(true), and initializer, regularizer and constraint of gamma and beta.
template <class... Options>
constexpr auto layer_normalization(double epsilon, const Options&... options) {
    using detail::option_or;
    if constexpr (refuse<detail::layer_normalization_arguments<Options...>>()) {
        if (!(epsilon >= 0)) {
            static_cast<void>(not_meant<sentence<"layer_normalization: epsilon must not be negative">>{});
        }
        return layer_normalization_layer{
            .options = {.epsilon = epsilon,
                        .center = option_or(center(true), options...).value,
                        .scale = option_or(scale(true), options...).value},
            .rules = {.kernel = detail::rules_of<parameter_role::gamma>(options...),
                      .bias = detail::rules_of<parameter_role::beta>(options...)}};
    } else {
        return refused{};
    }
}

template <class... Options>
requires(!std::convertible_to<Options, double> &&
         ...) constexpr auto layer_normalization(const Options&... options) {
    return layer_normalization(1e-3, options...);
}

} // namespace timeloom::declaration
