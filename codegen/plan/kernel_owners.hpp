// Kernels that compute the same exist once.
#pragma once

#include "timeloom/dsl/network/network.hpp"
#include "timeloom/runtime/plan/kernel.hpp"

#include <vector>

namespace timeloom::codegen {

/// True if both layers' kernels of this kind and variant compute the same.
bool have_same_kernel(plan::KernelKind kind, int variant, const declaration::layer& a,
                      const declaration::layer& b);

/// For each layer the first one that has the same kernels; itself where none before it has.
std::vector<int> owners_of_kernels(const declaration::network& network);

} // namespace timeloom::codegen
