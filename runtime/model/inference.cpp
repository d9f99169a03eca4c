// Passes without gradients: evaluation and prediction.
#include "timeloom/runtime/model/model_impl.hpp"
#include "timeloom/runtime/pass/input_checks.hpp"

#include <algorithm>
#include <numeric>

namespace timeloom {

Evaluation Model::Impl::evaluate(const Inputs& x, const Tensor& y, std::size_t batch_size,
                                 const Tensor& sample_weight) {
    require_compiled();
    require_batch(batch_size);
    const Examples examples = checked_examples(x, y, sample_weight);
    check_batches(x.rows(), std::min(x.rows(), batch_size));
    return evaluate(examples, batch_size);
}

Evaluation Model::Impl::evaluate(const Examples& examples, std::size_t batch_size) {
    std::vector<std::size_t> order(examples.x.rows());
    std::iota(order.begin(), order.end(), std::size_t{0});
    Totals totals{0, std::vector<MetricTotal>(metrics_.size())};
    make_up_all_rows();
    for (std::size_t first = 0; first < order.size(); first += batch_size) {
        const Samples batch = Samples(order).subspan(first, std::min(batch_size, order.size() - first));
        states_.begin_batch(batch.size());
        shard_loss_.assign(shards_.size(), 0);
        reset_shard_metrics();
        for_each_shard(batch.size(), false, [&](Shard& shard, std::size_t begin) {
            const auto i = static_cast<std::size_t>(&shard - shards_.data());
            const Samples mine = batch.subspan(begin, static_cast<std::size_t>(shard.rows()));
            shard.load(examples.x, mine);
            load_targets(shard, examples, mine);
            shard_loss_[i] = shard.evaluate({.first_row = static_cast<int>(begin), .states = &states_},
                                            {loss_, output_steps(), metrics_}, shard_metrics_[i]);
        });
        const double scale = mask_scale(batch.size());
        for (std::size_t i = 0; i < used_shards_; ++i) {
            totals.loss += scale * shard_loss_[i];
            for (std::size_t m = 0; m < metrics_.size(); ++m) {
                totals.metrics[m] += shard_metrics_[i][m];
            }
        }
    }
    Evaluation result = mean_of(totals, order.size());
    result.loss += penalty();
    return result;
}

Tensor Model::Impl::predict(const Inputs& x, std::size_t batch_size) {
    require_batch(batch_size);
    // States that are kept must not have seen half of what is then refused.
    const bool checks_first = std::ranges::any_of(plan_.layers, &plan::Layer::stateful);
    check_inputs(plan_, x, checks_first);
    check_batches(x.rows(), std::min(x.rows(), batch_size));
    const auto units = static_cast<std::size_t>(plan_.layers.back().units);
    const std::size_t steps = output_steps();
    Tensor result(outputs_of_width(x.rows(), units));
    std::vector<std::size_t> order(x.rows());
    std::iota(order.begin(), order.end(), std::size_t{0});
    make_up_all_rows();
    for (std::size_t first = 0; first < order.size(); first += batch_size) {
        const Samples batch = Samples(order).subspan(first, std::min(batch_size, order.size() - first));
        states_.begin_batch(batch.size());
        for_each_shard(batch.size(), false, [&](Shard& shard, std::size_t begin) {
            shard.load(x, batch.subspan(begin, static_cast<std::size_t>(shard.rows())), !checks_first);
            const auto copy_out = [&](const SequenceView& output, int first_row, int first_step, int count) {
                for (int b = 0; b < output.rows; ++b) {
                    const std::size_t row = first + begin + static_cast<std::size_t>(first_row + b);
                    float* to = result.data() + (row * steps + static_cast<std::size_t>(first_step)) * units;
                    for (int t = first_step; t < first_step + count; ++t) {
                        to = std::copy_n(output.row(t, b), units, to);
                    }
                }
            };
            shard.predict({.first_row = static_cast<int>(begin), .states = &states_}, copy_out);
        });
    }
    return result;
}

} // namespace timeloom
