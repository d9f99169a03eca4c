// From the shards' gradients to new parameters.
#include "timeloom/runtime/base/flush_denormals.hpp"
#include "timeloom/runtime/model/model_impl.hpp"
#include "timeloom/runtime/simd/elementwise.hpp"

#include <algorithm>
#include <cmath>

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

/// One step of the optimizer with the shards' gradients. Where bounds cannot show that all it makes is
/// finite, it is made with a copy at hand. Throws Error, and changes nothing, where something is not finite.
void Model::Impl::update_parameters(const StepPlace& place) {
    sum_gradients();
    float largest = largest_gradient();
    if (std::isfinite(largest) && (clipper_.is_active() || regularizer_.is_active())) {
        change_gradients();
        largest = largest_gradient();
    }
    if (!std::isfinite(largest)) {
        refuse_gradients(place);
    }
    if (optimizer_->steps() - all_made_ == OptimizerState::most_missed) {
        make_up_all_rows();
    }
    if (can_step(largest)) {
        step();
    } else {
        step_with_a_copy(place);
    }
}

/// Each thread sums the gradients of its part of the parameters over the shards, in their order.
void Model::Impl::sum_gradients() {
    const std::size_t parts = pool_.threads();
    pool_.run(parts, [&](std::size_t part) {
        const FlushDenormals flush;
        sum_gradients(part, parts);
    });
}

/// The largest magnitude of all gradients; infinity where one is not finite.
float Model::Impl::largest_gradient() {
    const std::size_t parts = pool_.threads();
    pool_.run(parts, [&](std::size_t part) {
        const ParameterRange dense = dense_part(part, parts);
        part_largest_[part] =
            std::max(elementwise().largest(dense.last - dense.first, gradients_.data() + dense.first),
                     largest_embedding_gradient(part, parts));
    });
    return std::ranges::max(part_largest_);
}

/// The optimizer and the constraints on all parameters that get a gradient.
void Model::Impl::step() {
    optimizer_->begin_step();
    const std::size_t parts = pool_.threads();
    pool_.run(parts, [&](std::size_t part) {
        const FlushDenormals flush;
        apply_gradients(part, parts);
    });
    if (!postpones_rows()) {
        all_made_ = optimizer_->steps();
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
    const std::size_t dense = plan_.dense_begin;
    const std::size_t count = plan_.parameters_size - dense;
    const std::size_t last = part + 1 == parts ? count : count / 16 * (part + 1) / parts * 16;
    return {dense + count / 16 * part / parts * 16, dense + last};
}

void Model::Impl::sum_gradients(std::size_t part, std::size_t parts) {
    const std::size_t dense = plan_.dense_begin;
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
    sum_embedding_gradients(part, parts);
}

void Model::Impl::apply_gradients(std::size_t part, std::size_t parts) {
    optimizer_->apply(parameters_.span(), gradients_.span(), dense_part(part, parts));
    apply_embedding_gradients(part, parts);
}

} // namespace timeloom
