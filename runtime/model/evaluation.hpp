// Passes without gradients: evaluation and prediction.
#pragma once

#include "timeloom/runtime/model/model.hpp"
#include "timeloom/runtime/pass/batch_pass.hpp"

namespace timeloom::detail {

/// Means over `samples` samples.
Evaluation mean_of(const Totals& totals, const Measures& measures, std::size_t samples);

/// The mean loss and metrics of all examples, batch by batch. `sharing`: the ranks that share each batch.
Evaluation evaluate_all(BatchPass& batch, const Examples& examples, const Measures& measures,
                        std::size_t batch_size, const Sharing* sharing = nullptr);

/// The outputs of all samples, batch by batch. `checks_values`: throws Error for inputs that are not finite.
Tensor predict_all(const plan::Model& plan, BatchPass& batch, const Inputs& x, std::size_t batch_size,
                   bool checks_values);

/// 0, 1, …, count - 1.
std::vector<std::size_t> in_order(std::size_t count);

/// Calls f(samples) for each batch of `order`, the last of which may be smaller.
template <class F>
void for_each_batch(Samples order, std::size_t batch_size, F&& f) {
    for (std::size_t first = 0; first < order.size(); first += batch_size) {
        f(order.subspan(first, std::min(batch_size, order.size() - first)));
    }
}

} // namespace timeloom::detail
