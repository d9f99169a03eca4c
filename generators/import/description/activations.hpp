// The activations that files name: what each computes, and how a declaration spells it.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace timeloom::importing {

struct Activation {
    std::string_view name;    ///< as a declaration spells it
    std::string_view formula; ///< of `x`, in the DSL's words; empty for what the DSL has
    double (*value)(double);
};

/// All of them. Softmax is none: it is a layer of its own.
std::span<const Activation> activations();

/// Throws Error, listing the names there are, for another one; `where` begins the sentence.
const Activation& find_activation(std::string_view name, const std::string& where);

/// The name that Keras (3, or 2 before it) gives an activation becomes ours: "exponential" is "exp", "swish"
/// is "silu". Unknown names stay as they are.
std::string from_keras_activation(const std::string& name, bool keras_3);

} // namespace timeloom::importing
