// The names of a plan's enumerators, as they are written in C++.
#pragma once

#include "timeloom/runtime/plan/model.hpp"

#include <array>
#include <string_view>

namespace timeloom::plan {

constexpr std::string_view name_of(LayerKind kind) {
    constexpr std::array<std::string_view, 11> names{
        "embedding",           "cell", "dropout", "softmax_rows", "repeat", "flatten",
        "layer_normalization", "join", "masking", "final_state",  "pooling"};
    return names[static_cast<std::size_t>(kind)];
}

constexpr std::string_view name_of(MergeMode mode) {
    constexpr std::array<std::string_view, 6> names{"concat", "sum", "mul", "ave", "sub", "concat_time"};
    return names[static_cast<std::size_t>(mode)];
}

constexpr std::string_view name_of(OperandKind kind) {
    constexpr std::array<std::string_view, 5> names{"input", "previous_state", "next_state", "output",
                                                    "saved"};
    return names[static_cast<std::size_t>(kind)];
}

constexpr std::string_view name_of(TermKind kind) {
    constexpr std::array<std::string_view, 7> names{"constant", "input",     "state",    "vector",
                                                    "affine",   "operation", "step_mask"};
    return names[static_cast<std::size_t>(kind)];
}

constexpr std::string_view name_of(InitializerKind kind) {
    constexpr std::array<std::string_view, 13> names{"zeros",          "ones",          "constant",
                                                     "random_uniform", "random_normal", "truncated_normal",
                                                     "glorot_uniform", "glorot_normal", "he_uniform",
                                                     "he_normal",      "lecun_uniform", "lecun_normal",
                                                     "orthogonal"};
    return names[static_cast<std::size_t>(kind)];
}

constexpr std::string_view name_of(KernelKind kind) {
    constexpr std::array<std::string_view, 12> names{"forward",
                                                     "forward_ahead",
                                                     "forward_training",
                                                     "backward",
                                                     "initial_state_gradient",
                                                     "input_gradient",
                                                     "weight_gradient",
                                                     "vector_gradient",
                                                     "row_products",
                                                     "forward_looked_up",
                                                     "forward_training_looked_up",
                                                     "stream"};
    return names[static_cast<std::size_t>(kind)];
}

constexpr std::string_view name_of(ArgumentRole role) {
    constexpr std::array<std::string_view, 25> names{"input",
                                                     "matrices",
                                                     "vectors",
                                                     "previous_state",
                                                     "next_state",
                                                     "output",
                                                     "saved",
                                                     "transposed",
                                                     "diff_output",
                                                     "diff_final_state",
                                                     "diff_initial_state",
                                                     "gates",
                                                     "carried_gates",
                                                     "direct_state",
                                                     "carried_direct",
                                                     "direct_input",
                                                     "operand",
                                                     "diff_gates",
                                                     "diff_matrices",
                                                     "diff_vector",
                                                     "diff_input",
                                                     "step_mask",
                                                     "recurrent_mask",
                                                     "input_products",
                                                     "row_numbers"};
    return names[static_cast<std::size_t>(role)];
}

} // namespace timeloom::plan
