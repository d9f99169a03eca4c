// Gradients handed out instead of applied.
#include "timeloom/runtime/model/model_impl.hpp"
#include "timeloom/runtime/sequences/sequence_memory.hpp"

#include <algorithm>
#include <mutex>
#include <numeric>

namespace timeloom {

namespace {

/// Rows [first, …) of a tensor (batch, timesteps, width), as many as `like` has.
SequenceView rows_of(Tensor& tensor, std::size_t first, const SequenceView& like) {
    const std::ptrdiff_t row = std::ptrdiff_t{like.timesteps} * like.width;
    return {.data = tensor.data() + static_cast<std::ptrdiff_t>(first) * row,
            .timesteps = like.timesteps,
            .rows = like.rows,
            .padded_rows = like.rows,
            .width = like.width,
            .row_stride = row,
            .time_stride = like.width};
}

Shape shape_of(const SequenceView& view, bool is_sequence, std::size_t batch) {
    const auto width = static_cast<std::size_t>(view.width);
    return is_sequence ? Shape{batch, static_cast<std::size_t>(view.timesteps), width} : Shape{batch, width};
}

} // namespace

Gradients Model::Impl::gradients(const Inputs& x, const Tensor& y, const Tensor& sample_weight) {
    require_compiled();
    require_training_kernels();
    const Examples examples = checked_examples(x, y, sample_weight);
    check_batches(x.rows(), x.rows());
    std::vector<std::size_t> order(x.rows());
    std::iota(order.begin(), order.end(), std::size_t{0});
    Totals totals{0, std::vector<MetricTotal>(metrics_.size())};
    Gradients result;
    std::mutex mutex; // rows of the tensors are each one thread's, but the first to come makes room for all
    const auto add_watched = [&](const RowGroup& group, std::size_t first) {
        for (const Watched& watched : group.watched()) {
            const SequenceView view = group.watched_view(watched);
            Tensor* gradient = nullptr;
            {
                const std::scoped_lock lock(mutex);
                const Shape shape = shape_of(view, group.watches_sequence(watched), x.rows());
                gradient = &result.watched.try_emplace(watched.name, shape).first->second;
            }
            group.add_watched_gradient(watched, rows_of(*gradient, first, view));
        }
    };
    result.loss = forward_and_backward(examples, order, totals, add_watched);
    for (const plan::Parameter& p : plan_.parameters) {
        result.weights[std::string(p.name)] = Tensor(shape_of(p));
    }
    sum_gradients(0, 1);
    for (const plan::Parameter& p : plan_.parameters) {
        unpack(p, gradients_.span(), result.weights.at(std::string(p.name)).values());
    }
    clear_embedding_gradients(0, 1);

    if (gradient_scale_ != 1) {
        for (auto& [name, gradient] : result.watched) {
            std::ranges::transform(gradient.values(), gradient.data(),
                                   [this](float g) { return gradient_scale_ * g; });
        }
    }
    return result;
}

} // namespace timeloom
