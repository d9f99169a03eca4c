#include "timeloom/runtime/model_impl.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/flush_denormals.hpp"
#include "timeloom/runtime/input_checks.hpp"

#include <algorithm>
#include <numeric>

namespace timeloom {

namespace {

/// Rising, as the optimizer wants them.
std::vector<ParameterRange> ranges_without_decay(const Optimizer& optimizer, const ParameterLayout& layout) {
    std::vector<ParameterRange> ranges;
    const AdamW* const adamw = std::get_if<AdamW>(&optimizer);
    if (adamw == nullptr) {
        return ranges;
    }
    for (const Parameter& p : layout.parameters()) {
        const auto names = [&](const std::string& word) { return p.name.find(word) != std::string::npos; };
        if (std::ranges::any_of(adamw->exclude_from_weight_decay, names)) {
            const std::vector<ParameterRange> more = ranges_of(p);
            ranges.insert(ranges.end(), more.begin(), more.end());
        }
    }
    std::ranges::sort(ranges, {}, &ParameterRange::first);
    return ranges;
}

} // namespace

Model::Impl::Impl(dsl::network network, const KernelTable& kernels, const ModelOptions& options)
    : plan_(std::move(network), kernels), options_(options), pool_(options.threads),
      parameters_(plan_.layout.size()), transposed_(plan_.transposed_size), gradients_(plan_.layout.size()),
      states_(plan_.network), regularizer_(plan_.layout), constraint_(plan_.layout) {
    for (std::size_t i = 0; i < plan_.network.layers.size(); ++i) {
        const dsl::layer& l = plan_.network.layers[i];
        if (l.kind == dsl::layer_kind::embedding && l.shares > 0) {
            std::ranges::find(tables_, plan_.layout.layer(i).vectors, &EmbeddingTable::offset)
                ->layers.push_back(static_cast<int>(i));
        } else if (l.kind == dsl::layer_kind::embedding) {
            tables_.push_back({{static_cast<int>(i)},
                               plan_.layout.layer(i).vectors,
                               static_cast<std::size_t>(dsl::padded(l.units)),
                               NamedRows(static_cast<std::size_t>(l.features))});
        }
    }
    initialize_parameters(plan_.layout, options.seed, parameters_.span());
    shards_.reserve(pool_.threads());
    for (std::size_t i = 0; i < pool_.threads(); ++i) {
        shards_.emplace_back(plan_, ParameterView{parameters_.data(), transposed_.data()});
    }
}

void Model::Impl::compile(const Optimizer& optimizer, const LossFunction& loss,
                          const std::vector<std::string>& metrics) {
    std::vector<std::pair<std::string, Metric>> named;
    for (const std::string& name : metrics) {
        named.emplace_back(name, metric_from_string(name, loss.kind));
    }
    // Throws before anything has changed.
    OptimizerState state(optimizer, plan_.layout.size(), ranges_without_decay(optimizer, plan_.layout));
    make_up_all_rows();
    clipper_ = GradientClipper(gradient_clipping(optimizer), plan_.layout);
    loss_ = loss;
    metrics_ = std::move(named);
    optimizer_ = std::move(state);
    restart_rows();
    compiled_ = true;
}

void Model::Impl::set_call(CallFunction call) {
    make_up_all_rows();
    call_ = std::move(call);
    for (Shard& shard : shards_) {
        shard.set_call(call_ ? &call_ : nullptr);
    }
}

void Model::Impl::set_counters(const Counters& counters) {
    options_.seed = counters.seed;
    step_ = counters.steps;
    epochs_done_ = counters.epochs;
    restart_rows();
}

// ---- A batch, spread over the threads ----

/// Each thread takes a contiguous range of rows through all layers by itself: no barrier within a batch.
void Model::Impl::for_each_shard(std::size_t rows, bool training,
                                 function_ref<void(Shard&, std::size_t)> work) {
    const std::size_t tile = dsl::row_tile;
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

void Model::Impl::load_targets(Shard& shard, const Examples& examples, Samples samples) const {
    const std::size_t width = target_width();
    const std::size_t timesteps = output_steps();
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

/// What the mean over all rows of the output is to be multiplied by to be that over the rows not masked.
double Model::Impl::mask_scale(std::size_t samples) const {
    std::size_t counted = 0;
    for (std::size_t i = 0; i < used_shards_; ++i) {
        counted += shards_[i].counted_rows();
    }
    const std::size_t all = samples * output_steps();
    return counted == 0 || counted == all ? 1.0 : static_cast<double>(all) / static_cast<double>(counted);
}

Evaluation Model::Impl::mean_of(const Totals& totals, std::size_t samples) const {
    Evaluation result;
    result.loss = samples == 0 ? 0 : totals.loss / static_cast<double>(samples);
    for (std::size_t m = 0; m < metrics_.size(); ++m) {
        result.metrics.emplace_back(metrics_[m].first, totals.metrics[m].value());
    }
    return result;
}

// ---- Inference ----

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
        shard_metrics_.assign(shards_.size(), std::vector<MetricTotal>(metrics_.size()));
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
    const bool checks_first = std::ranges::any_of(plan_.network.layers, &dsl::layer::stateful);
    check_inputs(plan_.network, x, checks_first);
    check_batches(x.rows(), std::min(x.rows(), batch_size));
    const auto units = static_cast<std::size_t>(plan_.network.layers.back().units);
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
