// Which names a declaration gives its layers, and which they get by themselves.
#pragma once

#include "timeloom/generators/import/description/description.hpp"

#include <string>
#include <vector>

namespace timeloom::importing {

/// A layer as an element of sequential() or functional().
struct DeclaredLayer {
    const Layer* layer;
    std::string given{};     ///< the name of named<"…">; empty where it needs none
    bool says_reads = false; ///< it reads another than the element before it
    std::string cell{};      ///< the constant that holds its own equations; empty for Keras's cells
};

struct DeclaredLayers {
    std::vector<DeclaredLayer> elements;
    bool is_stack = true; ///< each reads the one before it
};

/// `description` must have passed check_shapes(), and outlive the result.
DeclaredLayers declare(const Description& description);

/// A weight under the name that the declared model gives it.
struct NamedWeight {
    std::string name;
    Tensor values;
};
std::vector<NamedWeight> named_weights(const DeclaredLayers& declared);

} // namespace timeloom::importing
