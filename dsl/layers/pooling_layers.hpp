// Pooling over time: the mean or the largest value of all time steps, or of windows of them.
#pragma once

#include "timeloom/dsl/layers/layer_types.hpp"
#include "timeloom/dsl/layers/option_list.hpp"

namespace timeloom::declaration {

struct same_padding_t {};
/// An option of max_pooling1d and average_pooling1d: windows may reach beyond both ends, so that there are
/// ceil(timesteps / strides) of them (Keras's padding="same").
inline constexpr same_padding_t same_padding{};

/// `Size`: time steps of a window, 0 for all.
template <bool Maximum, int Size = 0, int Strides = 1, bool SamePadding = false>
struct pooling_layer {
    static constexpr pooling options{Maximum, Size, Strides, SamePadding};
    static constexpr const char* name = Size == 0
                                            ? (Maximum ? "global_max_pooling1d" : "global_average_pooling1d")
                                            : (Maximum ? "max_pooling1d" : "average_pooling1d");
    static constexpr fault kind() { return Size == 0 ? fault(name) : detail::sized(name, {Size}); }
    template <class Shape>
    static constexpr fault needs() {
        const fault sequence = detail::needs_sequence<Shape>();
        const bool fits = SamePadding || Shape::timesteps >= Size;
        return sequence.empty() && !fits ? say("at least ", Size, " time steps, the size of its windows")
                                         : sequence;
    }
    template <class Shape>
    struct after {
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

namespace detail {

template <fixed_string Name, int Size, int Strides>
constexpr fault fault_of_windows() {
    return Size > 0 && Strides > 0 ? fault{}
                                   : say(Name.view(), "<", Size, ", ", Strides,
                                         ">: the size and strides of its windows must be at least 1");
}

} // namespace detail

/// Keras's AveragePooling1D: the mean over windows of `Size` time steps, of which one begins after every
/// `Strides`. Options: same_padding, whose windows take the mean over the steps there are. As in Keras masked
/// steps take part, and the output has no mask.
template <int Size, int Strides = Size>
constexpr auto average_pooling1d() {
    if constexpr (refuse<detail::fault_of_windows<"average_pooling1d", Size, Strides>>()) {
        return pooling_layer<false, Size, Strides>{};
    } else {
        return refused{};
    }
}
template <int Size, int Strides = Size>
constexpr auto average_pooling1d(same_padding_t) {
    if constexpr (refuse<detail::fault_of_windows<"average_pooling1d", Size, Strides>>()) {
        return pooling_layer<false, Size, Strides, true>{};
    } else {
        return refused{};
    }
}

/// Keras's MaxPooling1D: the same with the largest value.
template <int Size, int Strides = Size>
constexpr auto max_pooling1d() {
    if constexpr (refuse<detail::fault_of_windows<"max_pooling1d", Size, Strides>>()) {
        return pooling_layer<true, Size, Strides>{};
    } else {
        return refused{};
    }
}
template <int Size, int Strides = Size>
constexpr auto max_pooling1d(same_padding_t) {
    if constexpr (refuse<detail::fault_of_windows<"max_pooling1d", Size, Strides>>()) {
        return pooling_layer<true, Size, Strides, true>{};
    } else {
        return refused{};
    }
}

} // namespace timeloom::declaration
