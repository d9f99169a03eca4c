#include "timeloom/runtime/shard.hpp"

#include "timeloom/dsl/fingerprint.hpp"
#include "timeloom/runtime/bidirectional_work.hpp"
#include "timeloom/runtime/elementwise_work.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/layer_normalization_work.hpp"
#include "timeloom/runtime/shape_work.hpp"

#include <algorithm>

namespace timeloom {

ModelPlan::ModelPlan(dsl::network n, const KernelTable& table)
    : network(std::move(n)), kernels(&table), layout(network), transposed(network.layers.size()) {
    if (dsl::fingerprint(network) != table.fingerprint) {
        throw Error("the kernels of " + std::string(table.model) +
                    " were generated from another declaration; build them again with timeloom_add_model()");
    }
    const auto round_up = [](std::size_t floats) { return (floats + 15) / 16 * 16; };
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        if (network.layers[i].kind == dsl::layer_kind::cell) {
            transposed[i].recurrent = transposed_size;
            transposed_size += round_up(transposed_recurrent_size(network.layers[i]));
            transposed[i].input = transposed_size;
            transposed_size += round_up(transposed_input_size(network.layers[i]));
        }
    }
}

Shard::Shard(const ModelPlan& plan, ParameterView parameters) : plan_(plan) {
    for (std::size_t i = 0; i < plan.network.layers.size(); ++i) {
        const dsl::layer& layer = plan.network.layers[i];
        const int position = static_cast<int>(i);
        switch (layer.kind) {
        case dsl::layer_kind::embedding: {
            auto embedding = std::make_unique<EmbeddingWork>(layer, plan.layout.layer(i), parameters);
            embeddings_.push_back(embedding.get());
            layers_.push_back(std::move(embedding));
            break;
        }
        case dsl::layer_kind::cell:
            layers_.push_back(std::make_unique<CellWork>(layer, position, *plan.kernels, plan.layout,
                                                         plan.transposed[i], parameters));
            break;
        case dsl::layer_kind::dropout:
            layers_.push_back(std::make_unique<DropoutWork>(layer, position));
            break;
        case dsl::layer_kind::softmax_rows:
            layers_.push_back(std::make_unique<SoftmaxWork>());
            break;
        case dsl::layer_kind::layer_normalization:
            layers_.push_back(std::make_unique<LayerNormalizationWork>(layer, plan.layout,
                                                                       plan.layout.layer(i), parameters));
            break;
        case dsl::layer_kind::repeat:
            layers_.push_back(std::make_unique<RepeatWork>(layer));
            break;
        case dsl::layer_kind::flatten:
            layers_.push_back(std::make_unique<FlattenWork>(layer));
            break;
        case dsl::layer_kind::bidirectional:
            wrap_directions(layer);
            break;
        }
    }
    layers_.front()->needs_input_gradient = false;
}

/// The last two layers, which read the same input, become one.
void Shard::wrap_directions(const dsl::layer& layer) {
    std::unique_ptr<LayerWork> backward = std::move(layers_.back());
    layers_.pop_back();
    std::unique_ptr<LayerWork> forward = std::move(layers_.back());
    layers_.back() = std::make_unique<BidirectionalWork>(layer, std::move(forward), std::move(backward));
}

void Shard::prepare(int rows, bool training) {
    if (rows == input_.rows && training == prepared_for_training_) {
        return;
    }
    input_.rows = -1; // until all is done: after a failure nothing counts as prepared
    const dsl::network& n = plan_.network;
    const int tile = dsl::row_tile;
    const int width = n.features > 0 ? dsl::padded(n.features) : 0;
    // Few rows are computed one by one; more of them in whole tiles, the last one filled up with rows that do
    // not count.
    const int padded_rows = rows < tile / 2 ? rows : (rows + tile - 1) / tile * tile;
    SequenceView input{
        nullptr, n.timesteps, rows, padded_rows, n.features, width, std::ptrdiff_t{width} * padded_rows};
    const auto cells = static_cast<std::size_t>(padded_rows) * static_cast<std::size_t>(n.timesteps);
    input_memory_.reserve_zeroed(cells * static_cast<std::size_t>(width));
    input.data = input_memory_.data();
    tokens_.assign(n.features > 0 ? 0 : cells, 0);
    for (EmbeddingWork* embedding : embeddings_) {
        embedding->set_tokens(tokens_.data());
    }
    output_ = input;
    for (const auto& layer : layers_) {
        output_ = layer->prepare(output_, training);
    }
    const auto output_rows = static_cast<std::size_t>(rows) * static_cast<std::size_t>(output_.timesteps);
    targets_.reserve_zeroed(output_rows * static_cast<std::size_t>(output_.width));
    weights_.reserve_zeroed(output_rows);
    if (training) {
        diff_output_ = output_;
        diff_output_.row_stride = dsl::padded(output_.width);
        diff_output_.time_stride = diff_output_.row_stride * padded_rows;
        // Zero where no row of the batch is: gradients must not come from rows that do not count.
        diff_output_memory_ = aligned_buffer<float>(static_cast<std::size_t>(diff_output_.time_stride) *
                                                    static_cast<std::size_t>(output_.timesteps));
        diff_output_.data = diff_output_memory_.data();
        gradients_.reserve_zeroed(plan_.layout.size() - plan_.layout.dense_begin());
        SequenceView diff = diff_output_;
        for (std::size_t i = layers_.size(); i-- > 0;) {
            diff = layers_[i]->prepare_backward(diff);
        }
    }
    input_ = input;
    prepared_for_training_ = training;
}

void Shard::forward(const StepContext& context) {
    for (const auto& layer : layers_) {
        layer->forward(context);
    }
}

/// Calls f(predictions beside targets, gradient) for every time step of the output.
template <class F>
void Shard::for_each_output_step(bool class_targets, F&& f) const {
    const auto width = static_cast<std::size_t>(output_.width);
    const auto rows = static_cast<std::size_t>(output_.rows);
    const std::size_t target_width = class_targets ? 1 : width;
    for (int t = 0; t < output_.timesteps; ++t) {
        const std::size_t first = static_cast<std::size_t>(t) * rows;
        const PredictionRows step{output_.row(t, 0),
                                  static_cast<std::size_t>(output_.row_stride),
                                  targets_.data() + first * target_width,
                                  target_width,
                                  rows,
                                  width,
                                  weighted_ ? weights_.data() + first : nullptr};
        f(step, diff_output_.data + t * diff_output_.time_stride);
    }
}

double Shard::backward(const StepContext& context, const LossFunction& loss, std::size_t total_rows) {
    double share = 0;
    for_each_output_step(has_class_targets(loss.kind), [&](const PredictionRows& step, float* diff) {
        share += loss_and_gradient(loss, step, total_rows, diff,
                                   static_cast<std::size_t>(diff_output_.row_stride));
    });
    std::ranges::fill(gradients_, 0.0f);
    for (std::size_t i = layers_.size(); i-- > 0;) {
        layers_[i]->backward(context, gradients_.data());
    }
    return share;
}

double Shard::loss(const LossFunction& loss, std::size_t total_rows) const {
    double share = 0;
    for_each_output_step(has_class_targets(loss.kind), [&](const PredictionRows& step, float*) {
        share += loss_and_gradient(loss, step, total_rows, nullptr, 0);
    });
    return share;
}

MetricTotal Shard::metric(Metric metric) const {
    MetricTotal total;
    for_each_output_step(metric == Metric::sparse_categorical_accuracy,
                         [&](const PredictionRows& step, float*) { total += measure(metric, step); });
    return total;
}

} // namespace timeloom
