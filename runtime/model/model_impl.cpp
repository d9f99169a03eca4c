#include "timeloom/runtime/model/model_impl.hpp"

#include "timeloom/runtime/base/flush_denormals.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/parameters/finite_parameters.hpp"

#include <algorithm>

namespace timeloom {

namespace {

/// Rising, as the optimizer wants them.
std::vector<ParameterRange> ranges_without_decay(const Optimizer& optimizer, const plan::Model& model) {
    std::vector<ParameterRange> ranges;
    const AdamW* const adamw = std::get_if<AdamW>(&optimizer);
    if (adamw == nullptr) {
        return ranges;
    }
    for (const plan::Parameter& p : model.parameters) {
        const auto names = [&](const std::string& word) { return p.name.find(word) != std::string::npos; };
        if (std::ranges::any_of(adamw->exclude_from_weight_decay, names)) {
            const std::vector<ParameterRange> more = ranges_of(p);
            ranges.insert(ranges.end(), more.begin(), more.end());
        }
    }
    std::ranges::sort(ranges, {}, &ParameterRange::first);
    return ranges;
}

/// "mae", then "mae_1"; of a weighted metric "weighted_mae" where "mae" is taken: as in Keras.
std::string free_name(const std::vector<NamedMetric>& metrics, const std::string& name, bool is_weighted) {
    const auto is_taken = [&](const std::string& n) {
        return std::ranges::find(metrics, n, &NamedMetric::name) != metrics.end();
    };
    if (!is_taken(name)) {
        return name;
    }
    const std::string base = is_weighted ? "weighted_" + name : name;
    std::string result = is_weighted ? base : base + "_1";
    for (int number = is_weighted ? 1 : 2; is_taken(result); ++number) {
        result = base + "_" + std::to_string(number);
    }
    return result;
}

} // namespace

Model::Impl::Impl(const plan::Model& plan, const ModelOptions& options)
    : plan_(plan), options_(options), pool_(options.threads), parameters_(plan_.parameters_size),
      transposed_(plan_.transposed_size), gradients_(plan_.parameters_size), states_(plan_),
      regularizer_(plan_), constraint_(plan_) {
    if (plan_.layers.empty()) {
        throw Error("Model: the plan has no layers; hand over <model>_plan of <model>.timeloom.hpp");
    }
    for (std::size_t i = 0; i < plan_.layers.size(); ++i) {
        const plan::Layer& l = plan_.layers[i];
        if (l.kind == plan::LayerKind::embedding && l.parameters_of != static_cast<int>(i)) {
            std::ranges::find(tables_, l.vectors, &EmbeddingTable::offset)
                ->layers.push_back(static_cast<int>(i));
        } else if (l.kind == plan::LayerKind::embedding) {
            tables_.push_back({{static_cast<int>(i)},
                               l.vectors,
                               static_cast<std::size_t>(plan::padded(l.units)),
                               NamedRows(static_cast<std::size_t>(l.features))});
        }
    }
    initialize_parameters(plan_, options.seed, parameters_.span());
    if (const plan::Parameter* const bad = find_not_finite(plan_, parameters_.span())) {
        throw Error("Model: the initializer of " + std::string(bad->name) +
                    " gives values that are not finite in float32");
    }
    part_largest_.resize(pool_.threads());
    shards_.reserve(pool_.threads());
    for (std::size_t i = 0; i < pool_.threads(); ++i) {
        shards_.emplace_back(plan_, ParameterView{parameters_.data(), transposed_.data()});
    }
}

void Model::Impl::compile(const Optimizer& optimizer, const LossFunction& loss,
                          const std::vector<std::string>& metrics,
                          const std::vector<std::string>& weighted_metrics) {
    if (is_fitting_) {
        throw Error("compile() was called within fit(); call it before or after");
    }
    to_string(loss.kind); // throws for a loss that does not exist
    if (loss.kind == Loss::huber) {
        static_cast<void>(LossFunction(Huber{loss.delta}));
    }
    std::vector<NamedMetric> named;
    for (const std::string& name : metrics) {
        named.push_back({free_name(named, name, false), metric_from_string(name, loss.kind), false});
    }
    for (const std::string& name : weighted_metrics) {
        named.push_back({free_name(named, name, true), metric_from_string(name, loss.kind), true});
    }
    // Throws before anything has changed.
    OptimizerState state(optimizer, plan_.parameters_size, ranges_without_decay(optimizer, plan_));
    make_up_all_rows();
    clipper_ = GradientClipper(gradient_clipping(optimizer), plan_);
    loss_ = loss;
    metrics_ = std::move(named);
    optimizer_ = std::move(state);
    reach_.reset();
    restart_rows();
    compiled_ = true;
}

std::vector<std::string> Model::Impl::metric_names() const {
    std::vector<std::string> names{"loss"};
    for (const NamedMetric& m : metrics_) {
        names.push_back(m.name);
    }
    return names;
}

/// A pass that a call of the user's own makes has the shards.
void Model::Impl::require_no_pass(const char* member) const {
    if (pool_.is_running()) {
        throw Error(std::string(member) +
                    ": the model is making a pass, from within which it cannot be used; " +
                    "read what the call needs before");
    }
}

void Model::Impl::require_training_kernels() const {
    const auto is_for_inference = [](const plan::Kernel& k) { return plan::is_for_inference(k.kind); };
    if (!plan_.kernels.empty() && std::ranges::all_of(plan_.kernels, is_for_inference)) {
        const std::string name(plan_.name);
        throw Error("the plan of " + name + " at hand only predicts and evaluates: give the Model " + name +
                    "_plan instead of " + name + "_inference_plan to train it");
    }
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

void Model::Impl::reset_shard_metrics() {
    shard_metrics_.resize(shards_.size());
    for (std::vector<MetricTotal>& metrics : shard_metrics_) {
        metrics.resize(metrics_.size());
        std::ranges::for_each(metrics, &MetricTotal::reset);
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
        result.metrics.emplace_back(metrics_[m].name, value_of(metrics_[m].metric, totals.metrics[m]));
    }
    return result;
}

} // namespace timeloom
