// NodeOutput: the output of a node of the layer graph, or one time step of it, as another node reads it.
#pragma once

namespace timeloom::detail {

/// What is read of a node's output: all of it, its steps in reverse, or one step.
struct NodeOutput {
    int node = -1;
    bool reversed = false;
    int step = -1; ///< -1: all steps
    bool operator==(const NodeOutput&) const = default;
};

} // namespace timeloom::detail
