#include "timeloom/runtime/model/gradients.hpp"

#include "timeloom/runtime/model/evaluation.hpp"
#include "timeloom/runtime/sequences/sequence_memory.hpp"

#include <algorithm>
#include <mutex>

namespace timeloom::detail {

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

Gradients gradients_of(const plan::Model& plan, BatchPass& batch, ParameterUpdate& update,
                       const Examples& examples, const Measures& measures, const BatchPass::Step& step) {
    const std::size_t rows = examples.x.rows();
    Gradients result;
    std::mutex mutex; // rows of the tensors are each one thread's, but the first to come makes room for all
    const auto add_watched = [&](const RowGroup& group, std::size_t first) {
        for (const Watched& watched : group.watched()) {
            const SequenceView view = group.watched_view(watched);
            Tensor* gradient = nullptr;
            {
                const std::scoped_lock lock(mutex);
                const Shape shape = shape_of(view, group.watches_sequence(watched), rows);
                gradient = &result.watched.try_emplace(watched.name, shape).first->second;
            }
            group.add_watched_gradient(watched, rows_of(*gradient, first, view));
        }
    };
    std::function<void()> named;
    if (update.postpones_rows()) {
        named = [&] { update.name_rows(); };
    }
    Totals totals(measures);
    result.loss = batch.learn(examples, in_order(rows), measures, step, totals, named, nullptr, add_watched);
    for (const plan::Parameter& p : plan.parameters) {
        result.weights[std::string(p.name)] = Tensor(shape_of(p));
    }
    const std::span<const float> gradients = update.sum_gradients();
    for (const plan::Parameter& p : plan.parameters) {
        unpack(p, gradients, result.weights.at(std::string(p.name)).values());
    }
    update.clear_embedding_gradients();

    const float scale = batch.gradient_scale();
    if (scale != 1) {
        for (auto& [name, gradient] : result.watched) {
            std::ranges::transform(gradient.values(), gradient.data(),
                                   [scale](float g) { return scale * g; });
        }
    }
    return result;
}

} // namespace timeloom::detail
