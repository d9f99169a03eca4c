#include "timeloom/runtime/pass/batch_pass.hpp"

#include "timeloom/runtime/base/flush_denormals.hpp"
#include "timeloom/runtime/cells/transposed_matrices.hpp"

#include <algorithm>

namespace timeloom::detail {

std::size_t output_steps(const plan::Model& plan) {
    return static_cast<std::size_t>(plan.layers.back().output_timesteps());
}

Shape outputs_of_width(const plan::Model& plan, std::size_t rows, std::size_t width) {
    return plan.outputs_sequence() ? Shape{rows, output_steps(plan), width} : Shape{rows, width};
}

std::size_t target_width(const plan::Model& plan, Loss loss) {
    return has_class_targets(loss) ? 1 : static_cast<std::size_t>(plan.layers.back().units);
}

BatchPass::BatchPass(const plan::Model& plan, std::size_t threads, std::span<const float> parameters)
    : plan_(plan), parameters_(parameters), pool_(threads), transposed_(plan.transposed_size), states_(plan) {
    shards_.reserve(pool_.threads());
    for (std::size_t i = 0; i < pool_.threads(); ++i) {
        shards_.emplace_back(plan_, ParameterView{parameters_.data(), transposed_.data()});
    }
}

void BatchPass::set_call(CallFunction call) {
    call_ = std::move(call);
    for (Shard& shard : shards_) {
        shard.set_call(call_ ? &call_ : nullptr);
    }
}

double BatchPass::learn(const Examples& examples, Samples samples, const Measures& measures, const Step& step,
                        Totals& totals, const std::function<void()>& loaded, GroupDone done) {
    pack_transposed(plan_, parameters_.data(), transposed_.data());
    begin_measuring(measures);
    const StepContext context{true, step.seed, step.step, 0, &states_};
    const Objective objective{measures.loss, samples.size() * output_steps(plan_), measures.metrics};
    const auto load_shard = [&](Shard& shard, std::size_t first) {
        load(shard, examples, samples.subspan(first, static_cast<std::size_t>(shard.rows())),
             measures.loss.kind);
    };
    const auto learn_shard = [&](Shard& shard, std::size_t first) {
        const std::size_t i = number_of(shard);
        StepContext of_shard = context;
        of_shard.first_row = static_cast<int>(first);
        shard_loss_[i] =
            shard.learn(of_shard, objective, shard_metrics_[i], [&](const RowGroup& group, int row) {
                done(group, first + static_cast<std::size_t>(row));
            });
    };
    states_.begin_batch(samples.size());
    if (loaded) {
        for_each_shard(samples.size(), true, load_shard);
        loaded();
        for_each_shard(samples.size(), true, learn_shard);
    } else {
        for_each_shard(samples.size(), true, [&](Shard& shard, std::size_t first) {
            load_shard(shard, first);
            learn_shard(shard, first);
        });
    }
    double loss = 0;
    add_measured(samples.size(), totals, loss);
    return loss;
}

void BatchPass::evaluate(const Examples& examples, Samples samples, const Measures& measures,
                         Totals& totals) {
    states_.begin_batch(samples.size());
    begin_measuring(measures);
    for_each_shard(samples.size(), false, [&](Shard& shard, std::size_t first) {
        const std::size_t i = number_of(shard);
        load(shard, examples, samples.subspan(first, static_cast<std::size_t>(shard.rows())),
             measures.loss.kind);
        shard_loss_[i] =
            shard.evaluate({.first_row = static_cast<int>(first), .states = &states_},
                           {measures.loss, output_steps(plan_), measures.metrics}, shard_metrics_[i]);
    });
    add_measured(samples.size(), totals, totals.loss);
}

void BatchPass::predict(const Inputs& x, Samples samples, bool checks_values, bool keeps_states,
                        OutputDone done) {
    if (keeps_states) {
        states_.begin_batch(samples.size());
    }
    for_each_shard(samples.size(), false, [&](Shard& shard, std::size_t begin) {
        shard.load(x, samples.subspan(begin, static_cast<std::size_t>(shard.rows())), checks_values);
        shard.predict({.first_row = static_cast<int>(begin), .states = keeps_states ? &states_ : nullptr},
                      [&](const SequenceView& output, int first_row, int first_step, int steps) {
                          done(output, begin + static_cast<std::size_t>(first_row), first_step, steps);
                      });
    });
}

/// Hands the rows out to the shards; calls work(shard, first row) on each from its own thread.
void BatchPass::for_each_shard(std::size_t rows, bool training,
                               function_ref<void(Shard&, std::size_t)> work) {
    const auto tile = static_cast<std::size_t>(plan_.tuning.row_tile);
    const std::size_t tiles = (rows + tile - 1) / tile;
    used_shards_ = std::min(shards_.size(), tiles);
    pool_.run(used_shards_, [&](std::size_t i) {
        const FlushDenormals flush;
        const std::size_t first = std::min(rows, tiles * i / used_shards_ * tile);
        const std::size_t last = std::min(rows, tiles * (i + 1) / used_shards_ * tile);
        shards_[i].prepare(static_cast<int>(last - first), training);
        work(shards_[i], first);
    });
}

/// Inputs, targets and weights of these samples; the latter two time-major, as the output lies.
void BatchPass::load(Shard& shard, const Examples& examples, Samples samples, Loss loss) const {
    shard.load(examples.x, samples);
    const std::size_t width = target_width(plan_, loss);
    const std::size_t timesteps = output_steps(plan_);
    const bool step_weights = examples.weights_per_sample == timesteps;
    shard.set_weighted(!examples.weights.empty());
    for (std::size_t b = 0; b < samples.size(); ++b) {
        for (std::size_t t = 0; t < timesteps; ++t) {
            const std::size_t row = t * samples.size() + b;
            std::copy_n(examples.y.data() + (samples[b] * timesteps + t) * width, width,
                        shard.targets().data() + row * width);
            if (!examples.weights.empty()) {
                shard.weights()[row] =
                    examples.weights[step_weights ? samples[b] * timesteps + t : samples[b]];
            }
        }
    }
}

void BatchPass::begin_measuring(const Measures& measures) {
    shard_loss_.assign(shards_.size(), 0);
    shard_metrics_.resize(shards_.size());
    for (std::vector<MetricTotal>& metrics : shard_metrics_) {
        metrics.resize(measures.metrics.size());
        std::ranges::for_each(metrics, &MetricTotal::reset);
    }
}

/// Adds what the shards have measured: a mean over the rows that no mask leaves out to `loss`, and metrics.
void BatchPass::add_measured(std::size_t samples, Totals& totals, double& loss) {
    std::size_t counted = 0;
    for (const Shard& shard : shards()) {
        counted += shard.counted_rows();
    }
    const std::size_t all = samples * output_steps(plan_);
    const double scale =
        counted == 0 || counted == all ? 1.0 : static_cast<double>(all) / static_cast<double>(counted);
    gradient_scale_ = static_cast<float>(scale);
    for (std::size_t i = 0; i < used_shards_; ++i) {
        loss += scale * shard_loss_[i];
        for (std::size_t m = 0; m < totals.metrics.size(); ++m) {
            totals.metrics[m] += shard_metrics_[i][m];
        }
    }
}

} // namespace timeloom::detail
