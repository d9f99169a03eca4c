// How a parameter starts, what it costs and how large it may be: plain data, as a layer hands it to the
// runtime.
#pragma once

#include "timeloom/dsl/network/initializers.hpp"
#include "timeloom/runtime/plan/parameter.hpp"

#include <optional>

namespace timeloom::declaration {

using regularizer = plan::Regularizer;

struct parameter_rules {
    std::optional<initializer> start{}; ///< none: as Keras starts a parameter of this role
    regularizer penalty{};
    double max_norm = 0; ///< largest norm of a column; 0: any
    constexpr bool operator==(const parameter_rules&) const = default;
};

/// An embedding's table counts as a kernel; a normalization's gamma as well, and its beta as a bias.
struct layer_rules {
    parameter_rules kernel{};
    parameter_rules recurrent{};
    parameter_rules bias{};
    constexpr bool operator==(const layer_rules&) const = default;
};

} // namespace timeloom::declaration
