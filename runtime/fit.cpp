// The training loop.
#include "timeloom/runtime/elementwise.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/flush_denormals.hpp"
#include "timeloom/runtime/model_impl.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>

namespace timeloom {

namespace {

using Clock = std::chrono::steady_clock;

bool all_finite(std::span<const float> values) {
    std::uint32_t found = 0;
    for (const float v : values) { // no early exit: this is a loop of vectors
        found |= (std::bit_cast<std::uint32_t>(v) & 0x7f800000u) == 0x7f800000u ? 1u : 0u;
    }
    return found == 0;
}

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

} // namespace

History Model::Impl::fit(const Inputs& x, const Tensor& y, const FitOptions& options) {
    require_compiled();
    check_inputs(x);
    check_targets(x, y);
    if (options.validation_data) {
        check_inputs(options.validation_data->x());
        check_targets(options.validation_data->x(), options.validation_data->y());
    }
    if (options.batch_size == 0 || options.validation_freq == 0) {
        throw Error("fit: batch_size and validation_freq must be at least 1");
    }
    if (x.rows() == 0 || (options.drop_remainder && x.rows() < options.batch_size)) {
        throw Error("fit: " + std::to_string(x.rows()) + " samples make no full batch of " +
                    std::to_string(options.batch_size) + "; use a smaller batch or keep the remainder");
    }
    History history;
    for (std::size_t epoch = 1; epoch <= options.epochs; ++epoch) {
        const Clock::time_point start = Clock::now();
        EpochResult result;
        result.epoch = epoch;
        result.training = train_epoch(x, y, options, epoch);
        result.seconds = seconds_since(start);
        if (options.validation_data && epoch % options.validation_freq == 0) {
            result.validation =
                evaluate(options.validation_data->x(), options.validation_data->y(), options.batch_size);
        }
        if (options.progress) {
            Progress p;
            p.kind = Progress::Kind::epoch_end;
            p.epoch = epoch;
            p.epochs = options.epochs;
            p.loss = result.training.loss;
            p.metrics = result.training.metrics;
            if (result.validation) {
                p.metrics.emplace_back("val_loss", result.validation->loss);
                for (const auto& [name, value] : result.validation->metrics) {
                    p.metrics.emplace_back("val_" + name, value);
                }
            }
            p.seconds = seconds_since(start);
            p.seconds_left = p.seconds * static_cast<double>(options.epochs - epoch);
            options.progress(p);
        }
        history.push_back(std::move(result));
    }
    return history;
}

Evaluation Model::Impl::train_epoch(const Inputs& x, const Tensor& y, const FitOptions& options,
                                    std::size_t epoch) {
    std::vector<std::size_t> order(x.rows());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (options.shuffle) {
        order = Random(options_.seed, random_stream(RandomPurpose::shuffling, 0, epochs_done_))
                    .permutation(x.rows());
    }
    ++epochs_done_;
    const std::size_t full = x.rows() / options.batch_size;
    const std::size_t remainder = options.drop_remainder ? 0 : x.rows() % options.batch_size;
    const std::size_t steps = full + (remainder > 0 ? 1 : 0);

    Totals totals{0, std::vector<MetricTotal>(metrics_.size())};
    Progress progress;
    progress.epoch = epoch;
    progress.epochs = options.epochs;
    progress.steps = steps;
    const Clock::time_point start = Clock::now();
    std::size_t seen = 0;
    for (std::size_t step = 0; step < steps; ++step) {
        const std::size_t rows = step < full ? options.batch_size : remainder;
        const double loss = train_step(x, y, Samples(order).subspan(seen, rows), totals);
        if (!std::isfinite(loss)) {
            throw Error("the loss or its gradient is not finite in epoch " + std::to_string(epoch) +
                        ", step " + std::to_string(step + 1) +
                        "; training stopped with the parameters of the step before: use a " +
                        "smaller learning rate, or scale the data");
        }
        totals.loss += loss * static_cast<double>(rows);
        seen += rows;
        if (options.progress) {
            progress.step = step + 1;
            progress.seconds = seconds_since(start);
            progress.seconds_left =
                progress.seconds / static_cast<double>(step + 1) * static_cast<double>(steps - step - 1);
            report(options, progress, totals, seen);
        }
    }
    return mean_of(totals, seen);
}

void Model::Impl::report(const FitOptions& options, Progress& progress, const Totals& totals,
                         std::size_t samples) const {
    const Evaluation so_far = mean_of(totals, samples);
    progress.loss = so_far.loss;
    progress.metrics = so_far.metrics;
    options.progress(progress);
}

/// Forward and backward on every shard, then one update of all parameters. Returns the batch's mean loss;
/// where that is not finite, the parameters stay as they were.
double Model::Impl::train_step(const Inputs& x, const Tensor& y, Samples samples, Totals& totals) {
    for (std::size_t i = 0; i < plan_.network.layers.size(); ++i) {
        if (plan_.network.layers[i].kind == dsl::layer_kind::cell) {
            pack_transposed(plan_.network.layers[i], plan_.layout.layer(i), plan_.transposed[i],
                            parameters_.data(), transposed_.data());
        }
    }
    shard_loss_.assign(shards_.size(), 0);
    shard_metrics_.resize(shards_.size());
    for (auto& metrics : shard_metrics_) {
        metrics.assign(metrics_.size(), {});
    }
    const StepContext step{true, options_.seed, step_, 0};
    for_each_shard(samples.size(), true, [&](Shard& shard, std::size_t first) {
        const auto i = static_cast<std::size_t>(&shard - shards_.data());
        StepContext context = step;
        context.first_row = static_cast<int>(first);
        const Samples mine = samples.subspan(first, static_cast<std::size_t>(shard.rows()));
        load_inputs(shard, x, mine);
        load_targets(shard, y, mine);
        shard.forward(context);
        shard_loss_[i] = shard.backward(context, loss_,
                                        samples.size() * static_cast<std::size_t>(shard.output().timesteps));
        add_metrics(shard, shard_metrics_[i]);
    });
    double loss = 0;
    for (std::size_t i = 0; i < used_shards_; ++i) {
        loss += shard_loss_[i];
        for (std::size_t m = 0; m < metrics_.size(); ++m) {
            totals.metrics[m] += shard_metrics_[i][m];
        }
    }
    for (std::size_t i = 0; i < used_shards_; ++i) {
        if (!all_finite(shards_[i].gradients())) {
            return std::numeric_limits<double>::quiet_NaN();
        }
    }
    if (std::isfinite(loss)) {
        ++step_;
        update_parameters();
    }
    return loss;
}

/// Each thread sums the gradients of its range of parameters over the shards, in their order, and updates the
/// range.
void Model::Impl::update_parameters() {
    optimizer_->begin_step();
    const std::size_t dense = plan_.layout.dense_begin();
    const std::size_t count = plan_.layout.size() - dense;
    const auto parts = static_cast<std::size_t>(pool_.threads());
    pool_.run(parts, [&](std::size_t part) {
        const FlushDenormals flush;
        const std::size_t first = count / 16 * part / parts * 16;
        const std::size_t last = part + 1 == parts ? count : count / 16 * (part + 1) / parts * 16;
        float* sum = gradients_.data() + dense;
        std::copy_n(shards_[0].gradients().data() + first, last - first, sum + first);
        for (std::size_t s = 1; s < used_shards_; ++s) {
            elementwise().add(last - first, sum + first, shards_[s].gradients().data() + first);
        }
        optimizer_->apply(parameters_.span(), gradients_.span(), {dense + first, dense + last});

        // Of an embedding each thread takes a range of tokens; rows that no token of the batch names have
        // gradient zero.
        std::size_t table = 0;
        for (std::size_t l = 0; l < plan_.network.layers.size(); ++l) {
            const dsl::layer& layer = plan_.network.layers[l];
            if (layer.kind != dsl::layer_kind::embedding) {
                continue;
            }
            const auto rows = static_cast<std::size_t>(layer.features);
            const std::size_t begin = rows * part / parts;
            const std::size_t end = rows * (part + 1) / parts;
            const auto width = static_cast<std::size_t>(dsl::padded(layer.units));
            const std::size_t offset = plan_.layout.layer(l).vectors;
            for (std::size_t s = 0; s < used_shards_; ++s) {
                shards_[s].embeddings()[table]->add_gradient(
                    static_cast<std::int32_t>(begin), static_cast<std::int32_t>(end), gradients_.data());
            }
            optimizer_->apply(parameters_.span(), gradients_.span(),
                              {offset + begin * width, offset + end * width});
            for (std::size_t s = 0; s < used_shards_; ++s) {
                shards_[s].embeddings()[table]->clear_gradient(
                    static_cast<std::int32_t>(begin), static_cast<std::int32_t>(end), gradients_.data());
            }
            ++table;
        }
    });
}

} // namespace timeloom
