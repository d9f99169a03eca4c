// The numbers of the machine that the runtime's loops over kernels depend on.
#pragma once

#include <cstddef>

namespace timeloom::plan {

struct Tuning {
    int row_tile = 1; ///< rows of a batch that a kernel keeps in registers together; others take single rows
    int steps_ahead = 1;   ///< time steps whose products with the input a single row's kernel makes at once
    std::size_t cache = 0; ///< floats of a core's cache that a piece of work may fill
    std::size_t training_cache = 0; ///< the same of what rows keep from the forward to the backward pass
    int distinct_percent = 0; ///< of a batch's tokens that may differ for products with them to be looked up
};

} // namespace timeloom::plan
