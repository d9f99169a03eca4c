// Layers that have the same kernels have them once.
#pragma once

#include "timeloom/dsl/network/network.hpp"

#include <vector>

namespace timeloom::codegen {

/// For each layer the first one that has the same kernels; itself where none before it has.
std::vector<int> owners_of_kernels(const dsl::network& network);

} // namespace timeloom::codegen
