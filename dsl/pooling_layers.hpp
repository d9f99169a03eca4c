// Pooling over time: the mean or the largest value of all time steps, or of windows of them.
#pragma once

#include "timeloom/dsl/layer_types.hpp"

namespace timeloom::dsl {

struct same_padding_t {};
/// Of max_pooling1d and average_pooling1d: windows may reach beyond both ends, so that there are
/// ceil(timesteps / strides) of them (Keras's padding="same").
inline constexpr same_padding_t same_padding{};

/// `Size`: time steps of a window, 0 for all.
template <bool Maximum, int Size = 0, int Strides = 1, bool SamePadding = false>
struct pooling_layer {
    static_assert(Size >= 0 && Strides > 0, "pooling: pool size and strides must be at least 1");
    static constexpr pooling options{Maximum, Size, Strides, SamePadding};
    static constexpr const char* name = Size == 0
                                            ? (Maximum ? "global_max_pooling1d" : "global_average_pooling1d")
                                            : (Maximum ? "max_pooling1d" : "average_pooling1d");
    template <class Shape>
    static constexpr bool fits = SamePadding || Shape::timesteps >= Size;

    template <int Position, class Shape>
    struct after
        : shape_check<is_sequence<Shape>, Position, "pooling", got_rank<Shape::rank>, needed_rank<3>>,
          shape_check<fits<Shape>, Position, "pooling", got<Shape>,
                      needed<"as many time steps as a window">> {
        static_assert(is_sequence<Shape>, "pooling: needs a sequence (batch, timesteps, features), rank 3");
        static_assert(fits<Shape>, "pooling: a window has more time steps than the sequence");
        using output = std::conditional_t<Size == 0, vector<Shape::features>,
                                          sequence<options.windows(Shape::timesteps), Shape::features>>;
    };
    template <class Shape>
    static constexpr long parameters() {
        return 0;
    }
    template <class Shape>
    layer describe() const {
        return {.kind = layer_kind::pooling,
                .name = name,
                .timesteps = options.windows(Shape::timesteps),
                .features = Shape::features,
                .units = Shape::features,
                .pooled = options};
    }
};

/// Keras's GlobalAveragePooling1D: (batch, timesteps, features) → (batch, features), the mean over the time
/// steps that are not masked; 0 where all are (Keras: no number).
constexpr pooling_layer<false> global_average_pooling1d() { return {}; }

/// Keras's GlobalMaxPooling1D: the largest value of each feature. As in Keras masked steps take part.
constexpr pooling_layer<true> global_max_pooling1d() { return {}; }

/// Keras's AveragePooling1D: the mean over windows of `Size` time steps, of which one begins after every
/// `Strides`. Options: same_padding, whose windows take the mean over the steps there are. As in Keras masked
/// steps take part, and the output has no mask.
template <int Size, int Strides = Size>
constexpr pooling_layer<false, Size, Strides> average_pooling1d() {
    static_assert(Size > 0, "average_pooling1d: the pool size must be at least 1");
    return {};
}
template <int Size, int Strides = Size>
constexpr pooling_layer<false, Size, Strides, true> average_pooling1d(same_padding_t) {
    static_assert(Size > 0, "average_pooling1d: the pool size must be at least 1");
    return {};
}

/// Keras's MaxPooling1D: the same with the largest value.
template <int Size, int Strides = Size>
constexpr pooling_layer<true, Size, Strides> max_pooling1d() {
    static_assert(Size > 0, "max_pooling1d: the pool size must be at least 1");
    return {};
}
template <int Size, int Strides = Size>
constexpr pooling_layer<true, Size, Strides, true> max_pooling1d(same_padding_t) {
    static_assert(Size > 0, "max_pooling1d: the pool size must be at least 1");
    return {};
}

} // namespace timeloom::dsl
