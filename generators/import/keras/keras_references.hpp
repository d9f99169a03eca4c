// What a layer of a functional model reads, as Keras 2 and Keras 3 write it down.
#pragma once

#include "timeloom/generators/import/containers/json.hpp"

#include <string>
#include <vector>

namespace timeloom::importing {

/// Output number `tensor` of a layer: 0, or a recurrent layer's states from 1 on.
struct KerasReference {
    std::string layer;
    int tensor = 0;
};

struct KerasReads {
    std::vector<KerasReference> values;
    std::vector<KerasReference> initial_states;
    std::vector<KerasReference> masks;
};

/// Reads what a layer is called on from its "inbound_nodes", which must hold one node. Throws Error, whose
/// text begins with `where`, for any other number.
KerasReads keras_reads(const Json& inbound_nodes, const std::string& where);

/// A name, node and tensor as in "output_layers": ["dense", 0, 0].
KerasReference keras_reference(const Json& triple, const std::string& where);

} // namespace timeloom::importing
