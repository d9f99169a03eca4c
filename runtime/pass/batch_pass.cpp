#include "timeloom/runtime/pass/batch_pass.hpp"

#include "timeloom/runtime/base/flush_denormals.hpp"
#include "timeloom/runtime/cells/transposed_matrices.hpp"
#include "timeloom/runtime/distributed/agreement.hpp"

#include <algorithm>
#include <exception>

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

BatchPass::BatchPass(const plan::Model& plan, std::size_t threads, std::size_t fixed_parts,
                     std::span<const float> parameters)
    : plan_(plan), parameters_(parameters), pool_(threads), transposed_(plan.transposed_size), states_(plan),
      fixed_parts_(fixed_parts), tables_(embedding_tables(plan)), row_places_(pool_.threads()),
      parts_(fixed_parts == 0 ? pool_.threads() : fixed_parts) {
    shards_.reserve(pool_.threads());
    for (std::size_t i = 0; i < pool_.threads(); ++i) {
        shards_.emplace_back(plan_, ParameterView{parameters_.data(), transposed_.data()},
                             has_fixed_parts() ? 2 : 1);
    }
}

void BatchPass::set_call(CallFunction call) {
    call_ = std::move(call);
    for (Shard& shard : shards_) {
        shard.set_call(call_ ? &call_ : nullptr);
    }
}

double BatchPass::learn(const Examples& examples, Samples samples, const Measures& measures, const Step& step,
                        Totals& totals, const std::function<void()>& named, const Sharing* sharing,
                        GroupDone done) {
    pack_transposed(plan_, parameters_.data(), transposed_.data());
    const StepContext context{true, step.seed, step.step, 0, &states_};
    const Objective objective{measures.loss, samples.size() * output_steps(plan_), measures.metrics};
    states_.begin_batch(samples.size());
    divide(samples.size());
    const auto load_part = [&](BatchPart& part, Shard& shard) {
        load(shard, part, examples, samples, measures.loss.kind);
    };
    const auto learn = [&](BatchPart& part, Shard& shard) {
        learn_part(part, shard, context, objective, done);
    };
    measure_parts(measures, sharing, [&] {
        if (has_fixed_parts() && !tables_.empty()) {
            name_rows(examples.x, samples);
        }
        if (named && !has_fixed_parts()) {
            for_each_part(true, sharing, load_part);
            named();
            return for_each_part(true, sharing, learn);
        }
        if (named) {
            named();
        }
        for_each_part(true, sharing, [&](BatchPart& part, Shard& shard) {
            load_part(part, shard);
            learn(part, shard);
        });
    });
    double loss = 0;
    add_measured(samples.size(), totals, loss);
    return loss;
}

/// What each part names, those of other ranks too: all have all tokens.
void BatchPass::name_rows(const Inputs& x, Samples samples) {
    pool_.run(used_parts_, [&](std::size_t i) {
        BatchPart& part = parts_[i];
        while (part.tables.size() < tables_.size()) {
            part.tables.emplace_back(tables_[part.tables.size()]);
        }
        for (std::size_t t = 0; t < tables_.size(); ++t) {
            part.tables[t].name(tables_[t], x, samples.subspan(part.first, part.rows), has_call());
        }
    });
}

void BatchPass::learn_part(BatchPart& part, Shard& shard, const StepContext& context,
                           const Objective& objective, GroupDone done) {
    StepContext of_part = context;
    of_part.first_row = static_cast<int>(part.first);
    part.gradients.reserve_zeroed(plan_.parameters_size - plan_.dense_begin);
    part.loss = shard.learn(
        of_part, objective, part.metrics, part.gradients.span(),
        [&](const RowGroup& group, int row) { done(group, part.first + static_cast<std::size_t>(row)); });
    part.counted_rows = shard.counted_rows();
    if (has_fixed_parts()) { // the shard computes other parts next
        collect_rows(part, shard);
    }
}

/// The gradients of the rows that the part names.
void BatchPass::collect_rows(BatchPart& part, const Shard& shard) {
    for (std::size_t t = 0; t < tables_.size(); ++t) {
        const EmbeddingTable& table = tables_[t];
        const TableGradient gradient = part.tables[t].clear_values(
            table, row_places_[static_cast<std::size_t>(&shard - shards_.data())]);
        for (const int layer : table.layers) {
            shard.add_embedding_gradient(layer, 0, static_cast<std::int32_t>(table.rows), 1, gradient);
        }
    }
}

void BatchPass::evaluate(const Examples& examples, Samples samples, const Measures& measures, Totals& totals,
                         const Sharing* sharing) {
    states_.begin_batch(samples.size());
    divide(samples.size());
    measure_parts(measures, sharing, [&] {
        for_each_part(false, sharing, [&](BatchPart& part, Shard& shard) {
            load(shard, part, examples, samples, measures.loss.kind);
            part.loss = shard.evaluate({.first_row = static_cast<int>(part.first), .states = &states_},
                                       {measures.loss, output_steps(plan_), measures.metrics}, part.metrics);
            part.counted_rows = shard.counted_rows();
        });
    });
    add_measured(samples.size(), totals, totals.loss);
}

void BatchPass::predict(const Inputs& x, Samples samples, bool checks_values, bool keeps_states,
                        OutputDone done) {
    if (keeps_states) {
        states_.begin_batch(samples.size());
    }
    divide(samples.size());
    for_each_part(false, nullptr, [&](BatchPart& part, Shard& shard) {
        shard.load(x, samples.subspan(part.first, part.rows), checks_values);
        shard.predict(
            {.first_row = static_cast<int>(part.first), .states = keeps_states ? &states_ : nullptr},
            [&](const SequenceView& output, int first_row, int first_step, int steps) {
                done(output, part.first + static_cast<std::size_t>(first_row), first_step, steps);
            });
    });
}

// ---- Parts ----

/// Hands the rows out to the parts, by whole tiles.
void BatchPass::divide(std::size_t rows) {
    const auto tile = static_cast<std::size_t>(plan_.tuning.row_tile);
    const std::size_t tiles = (rows + tile - 1) / tile;
    used_parts_ = has_fixed_parts() ? fixed_parts_ : std::min(shards_.size(), tiles);
    most_rows_ = 0;
    for (std::size_t i = 0; i < used_parts_; ++i) {
        parts_[i].first = std::min(rows, tiles * i / used_parts_ * tile);
        parts_[i].rows = std::min(rows, tiles * (i + 1) / used_parts_ * tile) - parts_[i].first;
        most_rows_ = std::max(most_rows_, parts_[i].rows);
    }
}

PartRange BatchPass::parts_here(const Sharing* sharing) const {
    return sharing == nullptr ? PartRange{0, used_parts_}
                              : parts_of_rank(used_parts_, sharing->ranks.rank(), sharing->ranks.size());
}

/// Calls work(part, shard) for all parts of this rank that have rows, each from the shard's own thread.
void BatchPass::for_each_part(bool training, const Sharing* sharing,
                              function_ref<void(BatchPart&, Shard&)> work) {
    const PartRange here = parts_here(sharing);
    pool_.run(here.size(), [&](std::size_t i) {
        const FlushDenormals flush;
        BatchPart& part = parts_[here.first + i];
        Shard& shard = shards_[i % shards_.size()];
        if (part.rows != 0) {
            // The order of sums must not depend on which parts the shard had before.
            const std::size_t room = has_fixed_parts() ? most_rows_ : part.rows;
            shard.prepare(static_cast<int>(part.rows), static_cast<int>(room), training);
            work(part, shard);
        }
    });
}

/// Inputs, targets and weights of the part's samples; the latter two time-major, as the output lies.
void BatchPass::load(Shard& shard, const BatchPart& part, const Examples& examples, Samples of_batch,
                     Loss loss) const {
    const Samples samples = of_batch.subspan(part.first, part.rows);
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

// ---- What is measured ----

/// Calls pass(), and then all ranks know what was measured. Throws on all of them where one has failed.
void BatchPass::measure_parts(const Measures& measures, const Sharing* sharing, function_ref<void()> pass) {
    for (BatchPart& part : parts_) {
        part.loss = 0;
        part.counted_rows = 0;
        part.metrics.resize(measures.metrics.size());
        std::ranges::for_each(part.metrics, &MetricTotal::reset);
    }
    if (sharing == nullptr) {
        return pass();
    }
    std::exception_ptr failure = sharing->failure;
    try {
        if (!failure) {
            pass();
        }
    } catch (...) {
        failure = std::current_exception();
    }
    share_measured(*sharing, failure);
}

void BatchPass::share_measured(const Sharing& sharing, const std::exception_ptr& failure) {
    MeasuredNumbers own;
    const PartRange here = parts_here(&sharing);
    for (BatchPart& part : std::span(parts_).subspan(here.first, here.size())) {
        own.put(part);
    }
    const auto told = agree(sharing.ranks, sharing.place, failure, own.bytes());
    for (std::size_t rank = 0; rank < told.size(); ++rank) {
        const PartRange there = parts_of_rank(used_parts_, rank, told.size());
        MeasuredNumbers numbers(told[rank]);
        for (BatchPart& part : std::span(parts_).subspan(there.first, there.size())) {
            numbers.take(part);
        }
    }
}

/// Adds what was measured: a mean over the rows that no mask leaves out to `loss`, and metrics.
void BatchPass::add_measured(std::size_t samples, Totals& totals, double& loss) {
    std::size_t counted = 0;
    for (const BatchPart& part : parts()) {
        counted += part.counted_rows;
    }
    const std::size_t all = samples * output_steps(plan_);
    const double scale =
        counted == 0 || counted == all ? 1.0 : static_cast<double>(all) / static_cast<double>(counted);
    gradient_scale_ = static_cast<float>(scale);
    for (const BatchPart& part : parts()) {
        loss += scale * part.loss;
        for (std::size_t m = 0; m < totals.metrics.size(); ++m) {
            totals.metrics[m] += part.metrics[m];
        }
    }
}

} // namespace timeloom::detail
