// Gradients handed out instead of applied.
#include "timeloom/runtime/model_impl.hpp"
#include "timeloom/runtime/sequence_memory.hpp"

#include <algorithm>
#include <numeric>

namespace timeloom {

namespace {

/// Copies a view's rows to rows [first, …) of a tensor (batch, timesteps, width).
void copy_rows(const SequenceView& from, std::size_t first, Tensor& to) {
    const auto width = static_cast<std::size_t>(from.width);
    const auto steps = static_cast<std::size_t>(from.timesteps);
    for_each_row(from, [&](int t, int b) {
        const std::size_t row = first + static_cast<std::size_t>(b);
        std::copy_n(from.row(t, b), width, to.data() + (row * steps + static_cast<std::size_t>(t)) * width);
    });
}

Shape shape_of(const SequenceView& view, std::size_t batch) {
    const auto width = static_cast<std::size_t>(view.width);
    return view.timesteps > 1 ? Shape{batch, static_cast<std::size_t>(view.timesteps), width}
                              : Shape{batch, width};
}

} // namespace

Gradients Model::Impl::gradients(const Inputs& x, const Tensor& y, const Tensor& sample_weight) {
    require_compiled();
    const Examples examples = checked_examples(x, y, sample_weight);
    check_batches(x.rows(), x.rows());
    std::vector<std::size_t> order(x.rows());
    std::iota(order.begin(), order.end(), std::size_t{0});
    Totals totals{0, std::vector<MetricTotal>(metrics_.size())};
    Gradients result;
    result.loss = forward_and_backward(examples, order, totals);
    sum_gradients(0, 1);
    for (const Parameter& p : plan_.layout.parameters()) {
        Tensor& gradient = result.weights[p.name] = Tensor(p.shape());
        ParameterLayout::unpack(p, gradients_.span(), gradient.values());
    }
    clear_embedding_gradients(0, 1);

    std::size_t first = 0;
    for (std::size_t i = 0; i < used_shards_; ++i) {
        for (const Watched& watched : shards_[i].watched()) {
            const SequenceView view = shards_[i].watched_view(watched);
            Tensor& gradient =
                result.watched.try_emplace(watched.name, shape_of(view, x.rows())).first->second;
            aligned_buffer<float> memory;
            const SequenceView sum = view_in(memory, view);
            shards_[i].add_watched_gradient(watched, sum);
            for_each_row(sum, [&](int t, int b) {
                std::transform(sum.row(t, b), sum.row(t, b) + sum.width, sum.row(t, b),
                               [this](float g) { return gradient_scale_ * g; });
            });
            copy_rows(sum, first, gradient);
        }
        first += static_cast<std::size_t>(shards_[i].rows());
    }
    return result;
}

} // namespace timeloom
