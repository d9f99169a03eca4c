// What all threads of a model share and none of them changes.
#pragma once

#include "timeloom/dsl/network.hpp"
#include "timeloom/runtime/kernel_table.hpp"
#include "timeloom/runtime/parameter_layout.hpp"
#include "timeloom/runtime/transposed_matrices.hpp"

#include <vector>

namespace timeloom {

struct ModelPlan {
    dsl::network network;
    const KernelTable* kernels = nullptr;
    ParameterLayout layout;
    std::vector<TransposedOffsets> transposed; ///< by layer
    std::size_t transposed_size = 0;

    /// Throws Error where the kernels are those of another declaration.
    ModelPlan(dsl::network n, const KernelTable& table);

    /// Throws Error where the kernels are only those that predict and evaluate.
    void require_training_kernels() const;
};

} // namespace timeloom
