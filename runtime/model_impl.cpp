#include "timeloom/runtime/model_impl.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/flush_denormals.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace timeloom {

Model::Impl::Impl(dsl::network network, const KernelTable& kernels, const ModelOptions& options)
    : plan_(std::move(network), kernels), options_(options), pool_(options.threads),
      parameters_(plan_.layout.size()), transposed_(plan_.transposed_size), gradients_(plan_.layout.size()) {
    initialize_parameters(plan_.layout, options.seed, parameters_.span());
    shards_.reserve(pool_.threads());
    for (std::size_t i = 0; i < pool_.threads(); ++i) {
        shards_.emplace_back(plan_, ParameterView{parameters_.data(), transposed_.data()});
    }
}

void Model::Impl::compile(const Optimizer& optimizer, Loss loss, const std::vector<std::string>& metrics) {
    std::vector<std::pair<std::string, Metric>> named;
    for (const std::string& name : metrics) {
        named.emplace_back(name, metric_from_string(name, loss));
    }
    OptimizerState state(optimizer, plan_.layout.size()); // throws before anything has changed
    loss_ = loss;
    metrics_ = std::move(named);
    optimizer_ = std::move(state);
    compiled_ = true;
}

void Model::Impl::require_batch(std::size_t batch_size) {
    if (batch_size == 0) {
        throw Error("batch_size must be at least 1");
    }
}

void Model::Impl::require_compiled() const {
    if (!compiled_) {
        throw Error("the model has no loss yet: call compile() before fit() or evaluate()");
    }
}

// ---- What is checked before any kernel runs ----

void Model::Impl::check_inputs(const Inputs& x) const {
    const dsl::network& n = plan_.network;
    const auto timesteps = static_cast<std::size_t>(n.timesteps);
    if (x.is_tokens() != (n.features == 0)) {
        throw Error(n.features == 0 ? "the model reads token ids, a TokenMatrix, but was given vectors"
                                    : "the model reads vectors, a Tensor, but was given token ids");
    }
    if (!x.is_tokens()) {
        x.vectors().require_shape(Shape{x.rows(), timesteps, static_cast<std::size_t>(n.features)},
                                  "model input");
        const auto values = x.vectors().values();
        const auto bad = std::ranges::find_if(values, [](float v) { return !std::isfinite(v); });
        if (bad != values.end()) {
            const auto at = static_cast<std::size_t>(bad - values.begin());
            throw Error("the input holds a value that is not finite in sample " +
                        std::to_string(at / (timesteps * static_cast<std::size_t>(n.features))) +
                        "; replace missing values before training or predicting");
        }
        return;
    }
    if (x.tokens().columns != timesteps) {
        throw Error("the model reads " + std::to_string(timesteps) + " tokens a sample, but was given " +
                    std::to_string(x.tokens().columns) + "; use pad_sequences() with maxlen " +
                    std::to_string(timesteps));
    }
    if (x.tokens().values.size() != x.tokens().rows * x.tokens().columns) {
        throw Error("a token matrix of " + std::to_string(x.tokens().rows) + " by " +
                    std::to_string(x.tokens().columns) + " holds " +
                    std::to_string(x.tokens().values.size()) + " values");
    }
    const int vocabulary = n.layers.front().features;
    for (std::size_t i = 0; i < x.tokens().values.size(); ++i) {
        const std::int32_t token = x.tokens().values[i];
        if (token < 0 || token >= vocabulary) {
            throw Error("token id " + std::to_string(token) + " in sample " + std::to_string(i / timesteps) +
                        " is outside the embedding's " + std::to_string(vocabulary) + " rows");
        }
    }
}

void Model::Impl::check_targets(const Inputs& x, const Tensor& y) const {
    const dsl::layer& last = plan_.network.layers.back();
    const auto units = static_cast<std::size_t>(last.units);
    const auto steps = static_cast<std::size_t>(last.output_timesteps());
    const Shape expected = steps > 1 ? Shape{x.rows(), steps, units} : Shape{x.rows(), units};
    const bool one_value = units == 1 && steps == 1 && y.rank() == 1 && y.size() == x.rows();
    if (!one_value) {
        y.require_shape(expected, "targets");
    }
    const bool shares = loss_ != Loss::mean_squared_error && loss_ != Loss::mean_absolute_error;
    if (shares && !std::ranges::all_of(y.values(), [](float v) { return v >= 0 && v <= 1; })) {
        throw Error("the targets of " + std::string(to_string(loss_)) + " must lie between 0 and 1");
    }
    if (!std::ranges::all_of(y.values(), [](float v) { return std::isfinite(v); })) {
        throw Error("the targets hold a value that is not finite; remove those samples");
    }
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

void Model::Impl::load_inputs(Shard& shard, const Inputs& x, Samples samples) const {
    const SequenceView& input = shard.input();
    const auto timesteps = static_cast<std::size_t>(input.timesteps);
    for (std::size_t b = 0; b < samples.size(); ++b) {
        if (x.is_tokens()) {
            const std::int32_t* row = x.tokens().values.data() + samples[b] * timesteps;
            for (std::size_t t = 0; t < timesteps; ++t) {
                shard.tokens()[t * static_cast<std::size_t>(input.padded_rows) + b] = row[t];
            }
            continue;
        }
        const auto features = static_cast<std::size_t>(input.width);
        const float* row = x.vectors().data() + samples[b] * timesteps * features;
        for (std::size_t t = 0; t < timesteps; ++t) {
            std::copy_n(row + t * features, features, input.row(static_cast<int>(t), static_cast<int>(b)));
        }
    }
}

void Model::Impl::load_targets(Shard& shard, const Tensor& y, Samples samples) const {
    const SequenceView& output = shard.output();
    const auto width = static_cast<std::size_t>(output.width);
    const auto timesteps = static_cast<std::size_t>(output.timesteps);
    for (std::size_t b = 0; b < samples.size(); ++b) {
        for (std::size_t t = 0; t < timesteps; ++t) {
            std::copy_n(y.data() + (samples[b] * timesteps + t) * width, width,
                        shard.targets().data() + (t * samples.size() + b) * width);
        }
    }
}

void Model::Impl::add_metrics(const Shard& shard, std::vector<MetricTotal>& totals) const {
    for (std::size_t m = 0; m < metrics_.size(); ++m) {
        totals[m] += shard.metric(metrics_[m].second);
    }
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

Evaluation Model::Impl::evaluate(const Inputs& x, const Tensor& y, std::size_t batch_size) {
    require_compiled();
    require_batch(batch_size);
    check_inputs(x);
    check_targets(x, y);
    std::vector<std::size_t> order(x.rows());
    std::iota(order.begin(), order.end(), std::size_t{0});
    Totals totals{0, std::vector<MetricTotal>(metrics_.size())};
    for (std::size_t first = 0; first < order.size(); first += batch_size) {
        const Samples batch = Samples(order).subspan(first, std::min(batch_size, order.size() - first));
        shard_loss_.assign(shards_.size(), 0);
        shard_metrics_.assign(shards_.size(), std::vector<MetricTotal>(metrics_.size()));
        for_each_shard(batch.size(), false, [&](Shard& shard, std::size_t begin) {
            const auto i = static_cast<std::size_t>(&shard - shards_.data());
            const Samples mine = batch.subspan(begin, static_cast<std::size_t>(shard.rows()));
            load_inputs(shard, x, mine);
            load_targets(shard, y, mine);
            shard.forward({});
            shard_loss_[i] = shard.loss(loss_, static_cast<std::size_t>(shard.output().timesteps));
            add_metrics(shard, shard_metrics_[i]);
        });
        for (std::size_t i = 0; i < used_shards_; ++i) {
            totals.loss += shard_loss_[i];
            for (std::size_t m = 0; m < metrics_.size(); ++m) {
                totals.metrics[m] += shard_metrics_[i][m];
            }
        }
    }
    return mean_of(totals, order.size());
}

Tensor Model::Impl::predict(const Inputs& x, std::size_t batch_size) {
    require_batch(batch_size);
    check_inputs(x);
    const dsl::layer& last = plan_.network.layers.back();
    const auto units = static_cast<std::size_t>(last.units);
    const auto steps = static_cast<std::size_t>(last.output_timesteps());
    Tensor result(steps > 1 ? Shape{x.rows(), steps, units} : Shape{x.rows(), units});
    std::vector<std::size_t> order(x.rows());
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t first = 0; first < order.size(); first += batch_size) {
        const Samples batch = Samples(order).subspan(first, std::min(batch_size, order.size() - first));
        for_each_shard(batch.size(), false, [&](Shard& shard, std::size_t begin) {
            const auto rows = static_cast<std::size_t>(shard.rows());
            load_inputs(shard, x, batch.subspan(begin, rows));
            shard.forward({});
            for (std::size_t b = 0; b < rows; ++b) {
                for (std::size_t t = 0; t < steps; ++t) {
                    std::copy_n(shard.output().row(static_cast<int>(t), static_cast<int>(b)), units,
                                result.data() + ((first + begin + b) * steps + t) * units);
                }
            }
        });
    }
    return result;
}

} // namespace timeloom
