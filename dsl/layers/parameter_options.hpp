// What can be said about the parameters of a layer: kernel_initializer(he_normal),
// bias_regularizer(l2(0.01)), recurrent_constraint(max_norm(2)), …
#pragma once

#include "timeloom/dsl/layers/option_list.hpp"
#include "timeloom/dsl/network/parameter_rules.hpp"

#include <concepts>
#include <type_traits>

namespace timeloom::declaration {

enum class parameter_role : std::uint8_t { kernel, recurrent, bias, embeddings, gamma, beta };

constexpr bool is_matrix(parameter_role role) {
    return role == parameter_role::kernel || role == parameter_role::recurrent ||
           role == parameter_role::embeddings;
}

// ---- Regularizers and constraints ----

namespace detail {

constexpr fault negative_penalty() {
    return "l1, l2, l1_l2: the factor of a regularizer must not be negative";
}
constexpr fault norm_of_nothing() { return "max_norm: the largest norm must be above 0"; }
constexpr fault orthogonal_vector() {
    return "bias_initializer, beta_initializer, gamma_initializer: orthogonal starts matrices, not vectors";
}

} // namespace detail

/// Keras's L1L2: l1 · Σ|w| + l2 · Σw² is added to the loss.
constexpr regularizer l1_l2(double l1_factor, double l2_factor) {
    if (!(l1_factor >= 0 && l2_factor >= 0)) {
        static_cast<void>(not_meant<detail::negative_penalty>{});
    }
    return {.l1 = l1_factor, .l2 = l2_factor};
}
constexpr regularizer l1(double factor = 0.01) {
    if (!(factor >= 0)) {
        static_cast<void>(not_meant<detail::negative_penalty>{});
    }
    return {.l1 = factor};
}
constexpr regularizer l2(double factor = 0.01) {
    if (!(factor >= 0)) {
        static_cast<void>(not_meant<detail::negative_penalty>{});
    }
    return {.l2 = factor};
}

/// Keras's MaxNorm over axis 0: after each update every column w becomes w · min(‖w‖, max_value) / (1e-7 +
/// ‖w‖). A vector is one column.
struct max_norm {
    double max_value;
    constexpr explicit max_norm(double value = 2) : max_value(value) {
        if (!(value > 0)) {
            static_cast<void>(not_meant<detail::norm_of_nothing>{});
        }
    }
};

// ---- Options ----

/// A bias_initializer says nothing about a gate whose bias starts at one (unit_forget_bias).
template <parameter_role Role>
struct initializer_option {
    initializer value;
    constexpr explicit initializer_option(initializer start) : value(start) {
        if (start.kind == initializer_kind::orthogonal && !is_matrix(Role)) {
            static_cast<void>(not_meant<detail::orthogonal_vector>{});
        }
    }
};
template <parameter_role Role>
struct regularizer_option {
    regularizer value;
    constexpr explicit regularizer_option(regularizer penalty) : value(penalty) {}
};
template <parameter_role Role>
struct constraint_option {
    max_norm value;
    constexpr explicit constraint_option(max_norm limit) : value(limit) {}
};

using kernel_initializer = initializer_option<parameter_role::kernel>;
using kernel_regularizer = regularizer_option<parameter_role::kernel>;
using kernel_constraint = constraint_option<parameter_role::kernel>;
using recurrent_initializer = initializer_option<parameter_role::recurrent>;
using recurrent_regularizer = regularizer_option<parameter_role::recurrent>;
using recurrent_constraint = constraint_option<parameter_role::recurrent>;
using bias_initializer = initializer_option<parameter_role::bias>;
using bias_regularizer = regularizer_option<parameter_role::bias>;
using bias_constraint = constraint_option<parameter_role::bias>;
using embeddings_initializer = initializer_option<parameter_role::embeddings>;
using embeddings_regularizer = regularizer_option<parameter_role::embeddings>;
using embeddings_constraint = constraint_option<parameter_role::embeddings>;
using gamma_initializer = initializer_option<parameter_role::gamma>;
using gamma_regularizer = regularizer_option<parameter_role::gamma>;
using gamma_constraint = constraint_option<parameter_role::gamma>;
using beta_initializer = initializer_option<parameter_role::beta>;
using beta_regularizer = regularizer_option<parameter_role::beta>;
using beta_constraint = constraint_option<parameter_role::beta>;

// ---- Which of them a layer takes ----

using kernel_options = option_list<"kernel_initializer, kernel_regularizer, kernel_constraint",
                                   kernel_initializer, kernel_regularizer, kernel_constraint>;
using recurrent_options = option_list<"recurrent_initializer, recurrent_regularizer, recurrent_constraint",
                                      recurrent_initializer, recurrent_regularizer, recurrent_constraint>;
using bias_options = option_list<"bias_initializer, bias_regularizer, bias_constraint", bias_initializer,
                                 bias_regularizer, bias_constraint>;
using embeddings_options =
    option_list<"embeddings_initializer, embeddings_regularizer, embeddings_constraint",
                embeddings_initializer, embeddings_regularizer, embeddings_constraint>;
using gamma_options = option_list<"gamma_initializer, gamma_regularizer, gamma_constraint", gamma_initializer,
                                  gamma_regularizer, gamma_constraint>;
using beta_options = option_list<"beta_initializer, beta_regularizer, beta_constraint", beta_initializer,
                                 beta_regularizer, beta_constraint>;

namespace detail {

template <parameter_role Role>
inline constexpr std::string_view option_name<initializer_option<Role>> = "an initializer";
template <parameter_role Role>
inline constexpr std::string_view option_name<regularizer_option<Role>> = "a regularizer";
template <parameter_role Role>
inline constexpr std::string_view option_name<constraint_option<Role>> = "a constraint";
template <std::derived_from<initializer> Initializer>
inline constexpr std::string_view option_name<Initializer> = "an initializer without its parameter";
template <>
inline constexpr std::string_view option_name<regularizer> = "a regularizer without its parameter";
template <>
inline constexpr std::string_view option_name<max_norm> = "a constraint without its parameter";

/// What `options` say about the parameters of one role.
template <parameter_role Role, class... Options>
constexpr parameter_rules rules_of(const Options&... options) {
    parameter_rules rules;
    [[maybe_unused]] const auto take = [&]<class Option>(const Option& option) {
        if constexpr (std::is_same_v<Option, initializer_option<Role>>) {
            rules.start = option.value;
        } else if constexpr (std::is_same_v<Option, regularizer_option<Role>>) {
            rules.penalty = option.value;
        } else if constexpr (std::is_same_v<Option, constraint_option<Role>>) {
            rules.max_norm = option.value.max_value;
        }
    };
    (take(options), ...);
    return rules;
}

template <class... Options>
constexpr layer_rules rules_of_weights(const Options&... options) {
    return {.kernel = rules_of<parameter_role::kernel>(options...),
            .recurrent = rules_of<parameter_role::recurrent>(options...),
            .bias = rules_of<parameter_role::bias>(options...)};
}

} // namespace detail

} // namespace timeloom::declaration
