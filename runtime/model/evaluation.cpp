#include "timeloom/runtime/model/evaluation.hpp"

#include <algorithm>
#include <numeric>

namespace timeloom::detail {

Evaluation mean_of(const Totals& totals, const Measures& measures, std::size_t samples) {
    Evaluation result;
    result.loss = samples == 0 ? 0 : totals.loss / static_cast<double>(samples);
    for (std::size_t m = 0; m < measures.metrics.size(); ++m) {
        const NamedMetric& named = measures.metrics[m];
        result.metrics.emplace_back(named.name, value_of(named.metric, totals.metrics[m]));
    }
    return result;
}

std::vector<std::size_t> in_order(std::size_t count) {
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    return order;
}

Evaluation evaluate_all(BatchPass& batch, const Examples& examples, const Measures& measures,
                        std::size_t batch_size, const Sharing* sharing) {
    const std::vector<std::size_t> order = in_order(examples.x.rows());
    Totals totals(measures);
    for_each_batch(order, batch_size,
                   [&](Samples samples) { batch.evaluate(examples, samples, measures, totals, sharing); });
    return mean_of(totals, measures, order.size());
}

Tensor predict_all(const plan::Model& plan, BatchPass& batch, const Inputs& x, std::size_t batch_size,
                   bool checks_values) {
    const auto units = static_cast<std::size_t>(plan.layers.back().units);
    const std::size_t steps = output_steps(plan);
    Tensor result(outputs_of_width(plan, x.rows(), units));
    const std::vector<std::size_t> order = in_order(x.rows());
    for_each_batch(order, batch_size, [&](Samples samples) {
        const auto copy_out = [&](const SequenceView& output, std::size_t first, int first_step, int count) {
            for (int b = 0; b < output.rows; ++b) {
                const std::size_t row = samples[first + static_cast<std::size_t>(b)];
                float* to = result.data() + (row * steps + static_cast<std::size_t>(first_step)) * units;
                for (int t = first_step; t < first_step + count; ++t) {
                    to = std::copy_n(output.row(t, b), units, to);
                }
            }
        };
        batch.predict(x, samples, checks_values, true, copy_out);
    });
    return result;
}

} // namespace timeloom::detail
