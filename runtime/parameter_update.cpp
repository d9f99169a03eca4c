// From the shards' gradients to new parameters.
#include "timeloom/runtime/elementwise.hpp"
#include "timeloom/runtime/flush_denormals.hpp"
#include "timeloom/runtime/model_impl.hpp"

#include <algorithm>

namespace timeloom {

/// What regularizers add to the loss.
double Model::Impl::penalty() {
    if (!regularizer_.is_active()) {
        return 0;
    }
    const std::size_t parts = pool_.threads();
    pool_.run(parts, [&](std::size_t part) { regularizer_.measure(part, parts, parameters_.span()); });
    return regularizer_.penalty();
}

/// Each thread sums the gradients of its part of the parameters over the shards, in their order, and updates
/// the part. Norms for clipping need all the sums first.
void Model::Impl::update_parameters() {
    optimizer_->begin_step();
    const std::size_t parts = pool_.threads();
    const bool at_once = !clipper_.is_active() && !regularizer_.is_active();
    pool_.run(parts, [&](std::size_t part) {
        const FlushDenormals flush;
        sum_gradients(part, parts);
        if (at_once) {
            apply_gradients(part, parts);
        }
    });
    if (!at_once) {
        change_gradients();
        pool_.run(parts, [&](std::size_t part) {
            const FlushDenormals flush;
            apply_gradients(part, parts);
        });
    }
    if (constraint_.is_active()) {
        pool_.run(parts, [&](std::size_t part) {
            const FlushDenormals flush;
            constraint_.apply(part, parts, parameters_.span());
        });
    }
}

/// What regularizers add to the gradients, then clipping.
void Model::Impl::change_gradients() {
    const std::size_t parts = pool_.threads();
    if (regularizer_.is_active()) {
        pool_.run(parts, [&](std::size_t part) {
            const FlushDenormals flush;
            regularizer_.add_gradients(part, parts, parameters_.span(), gradients_.span());
        });
    }
    if (clipper_.is_active()) {
        pool_.run(parts, [&](std::size_t part) { clipper_.measure(part, parts, gradients_.span()); });
        clipper_.choose_scales();
        pool_.run(parts, [&](std::size_t part) {
            const FlushDenormals flush;
            clipper_.clip(part, parts, gradients_.span());
        });
    }
}

/// What a part has of the parameters that are no embedding tables.
ParameterRange Model::Impl::dense_part(std::size_t part, std::size_t parts) const {
    const std::size_t dense = plan_.layout.dense_begin();
    const std::size_t count = plan_.layout.size() - dense;
    const std::size_t last = part + 1 == parts ? count : count / 16 * (part + 1) / parts * 16;
    return {dense + count / 16 * part / parts * 16, dense + last};
}

/// Calls f(its layer, range of its tokens, where they lie in the buffer): of an embedding a part
/// has a range of tokens.
template <class F>
void Model::Impl::for_each_embedding_part(std::size_t part, std::size_t parts, F&& f) {
    for (std::size_t l = 0; l < plan_.network.layers.size(); ++l) {
        const dsl::layer& layer = plan_.network.layers[l];
        if (layer.kind != dsl::layer_kind::embedding) {
            continue;
        }
        const auto rows = static_cast<std::size_t>(layer.features);
        const auto width = static_cast<std::size_t>(dsl::padded(layer.units));
        const ParameterRange tokens{rows * part / parts, rows * (part + 1) / parts};
        const std::size_t offset = plan_.layout.layer(l).vectors;
        f(static_cast<int>(l), tokens,
          ParameterRange{offset + tokens.first * width, offset + tokens.last * width});
    }
}

void Model::Impl::sum_gradients(std::size_t part, std::size_t parts) {
    const std::size_t dense = plan_.layout.dense_begin();
    const ParameterRange range = dense_part(part, parts);
    const std::size_t count = range.last - range.first;
    float* const sum = gradients_.data() + range.first;
    std::copy_n(shards_[0].gradients().data() + (range.first - dense), count, sum);
    for (std::size_t s = 1; s < used_shards_; ++s) {
        elementwise().add(count, sum, shards_[s].gradients().data() + (range.first - dense));
    }
    if (gradient_scale_ != 1) {
        std::transform(sum, sum + count, sum, [scale = gradient_scale_](float g) { return scale * g; });
    }
    for_each_embedding_part(part, parts, [&](int layer, ParameterRange tokens, ParameterRange) {
        for (std::size_t s = 0; s < used_shards_; ++s) {
            shards_[s].graph().for_each_embedding(layer, [&](const EmbeddingWork& embedding) {
                embedding.add_gradient(static_cast<std::int32_t>(tokens.first),
                                       static_cast<std::int32_t>(tokens.last), gradient_scale_,
                                       gradients_.data());
            });
        }
    });
}

/// Rows of an embedding that no token of the batch names have gradient zero, but for what regularizers add.
void Model::Impl::apply_gradients(std::size_t part, std::size_t parts) {
    optimizer_->apply(parameters_.span(), gradients_.span(), dense_part(part, parts));
    for_each_embedding_part(part, parts, [&](int, ParameterRange, ParameterRange range) {
        optimizer_->apply(parameters_.span(), gradients_.span(), range);
        if (regularizer_.is_active()) {
            std::ranges::fill(gradients_.span().subspan(range.first, range.last - range.first), 0.0f);
        }
    });
    if (!regularizer_.is_active()) {
        clear_embedding_gradients(part, parts);
    }
}

/// Of the rows that tokens of the batch name.
void Model::Impl::clear_embedding_gradients(std::size_t part, std::size_t parts) {
    for_each_embedding_part(part, parts, [&](int layer, ParameterRange tokens, ParameterRange) {
        for (std::size_t s = 0; s < used_shards_; ++s) {
            shards_[s].graph().for_each_embedding(layer, [&](const EmbeddingWork& embedding) {
                embedding.clear_gradient(static_cast<std::int32_t>(tokens.first),
                                         static_cast<std::int32_t>(tokens.last), gradients_.data());
            });
        }
    });
}

} // namespace timeloom
