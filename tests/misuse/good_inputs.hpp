// What models of the tests read without complaint.
#pragma once

#include "../support/training_data.hpp"

#include "timeloom/runtime/tensors/tensor.hpp"
#include "timeloom/runtime/tensors/token_matrix.hpp"

namespace timeloom::tests {

inline const Tensor& vectors() {
    static const Tensor x = random_tensor({13, 7, 3}, 1);
    return x;
}

inline const TokenMatrix& words() {
    static const TokenMatrix x{2, 9, {1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 8, 7, 6, 5, 4, 3, 2, 1}};
    return x;
}

} // namespace timeloom::tests
