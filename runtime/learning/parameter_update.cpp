#include "timeloom/runtime/learning/parameter_update.hpp"

#include "timeloom/runtime/base/flush_denormals.hpp"
#include "timeloom/runtime/parameters/finite_parameters.hpp"
#include "timeloom/runtime/simd/elementwise.hpp"

#include <algorithm>
#include <cmath>

namespace timeloom::detail {

namespace {

/// The parameters that AdamW must not decay, as ranges in rising order, which OptimizerState needs.
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

} // namespace

ParameterUpdate::ParameterUpdate(const plan::Model& plan, std::span<float> parameters, BatchPass& batch)
    : plan_(plan), parameters_(parameters), batch_(batch), gradients_(parameters.size()),
      tables_(plan, parameters, gradients_.span()), regularizer_(plan), constraint_(plan),
      part_largest_(batch.pool().threads()) {}

void ParameterUpdate::set_optimizer(const Optimizer& optimizer) {
    OptimizerState state(optimizer, parameters_.size(), ranges_without_decay(optimizer, plan_));
    GradientClipper clipper(gradient_clipping(optimizer), plan_);
    make_up_all_rows();
    clipper_ = std::move(clipper);
    optimizer_ = std::move(state);
    bound_.forget();
    restart_rows();
}

/// Calls f(part, parts) for each thread's part.
template <class F>
void ParameterUpdate::for_each_part(F&& f) {
    const std::size_t parts = batch_.pool().threads();
    batch_.pool().run(parts, [&](std::size_t part) {
        const FlushDenormals flush;
        f(part, parts);
    });
}

double ParameterUpdate::penalty() {
    if (!regularizer_.is_active()) {
        return 0;
    }
    const std::size_t parts = batch_.pool().threads();
    batch_.pool().run(parts, [&](std::size_t part) { regularizer_.measure(part, parts, parameters_); });
    return regularizer_.penalty();
}

/// Penalties have gradients in every row, and constraints change every row. Layers called by a program name
/// their rows only while the forward pass goes on.
bool ParameterUpdate::postpones_rows() const {
    return !tables_.empty() && !regularizer_.is_active() && !constraint_.is_active() && !batch_.has_call();
}

void ParameterUpdate::name_rows() {
    for_each_part(
        [&](std::size_t part, std::size_t parts) { tables_.name_rows(batch_, *optimizer_, part, parts); });
}

void ParameterUpdate::update(const StepPlace& place, Communicator* ranks) {
    if (ranks == nullptr) {
        for_each_part([&](std::size_t part, std::size_t parts) { sum_part(part, parts); });
    } else {
        if (!exchange_) {
            exchange_.emplace(plan_, gradients_.span());
        }
        exchange_->sum(*ranks, batch_);
    }
    float largest = largest_gradient();
    if (std::isfinite(largest) && (clipper_.is_active() || regularizer_.is_active())) {
        change_gradients();
        largest = largest_gradient();
    }
    if (!std::isfinite(largest)) {
        refuse_gradients(place);
    }
    if (optimizer_->steps() - tables_.all_made() == OptimizerState::most_missed) {
        make_up_all_rows();
    }
    if (can_step(largest)) {
        step();
    } else {
        step_with_a_copy(place);
    }
}

void ParameterUpdate::make_up_all_rows() {
    if (optimizer_) {
        tables_.make_up_all(*optimizer_, batch_.pool());
    }
}

std::span<const float> ParameterUpdate::sum_gradients() {
    sum_part(0, 1);
    return gradients_.span();
}

// ---- Gradients ----

/// What a part has of the parameters that are no embedding tables.
ParameterRange ParameterUpdate::dense_part(std::size_t part, std::size_t parts) const {
    const std::size_t dense = plan_.dense_begin;
    const std::size_t count = plan_.parameters_size - dense;
    const std::size_t last = part + 1 == parts ? count : count / 16 * (part + 1) / parts * 16;
    return {dense + count / 16 * part / parts * 16, dense + last};
}

/// Sums the gradients of a part of the parameters over the parts of the batch: in the order of their tree,
/// where their number is fixed, else one after the other.
void ParameterUpdate::sum_part(std::size_t part, std::size_t parts) {
    const std::size_t dense = plan_.dense_begin;
    const ParameterRange range = dense_part(part, parts);
    const std::size_t count = range.last - range.first;
    float* const sum = gradients_.data() + range.first;
    const std::span<const BatchPart> batch = batch_.parts();
    const float scale = batch_.gradient_scale();
    if (batch_.has_fixed_parts()) {
        detail::sum_gradients(batch, {0, batch.size()}, range.first - dense, count, scale, sum);
        return tables_.sum_gradients(batch_, part, parts);
    }
    std::copy_n(batch[0].gradients.data() + (range.first - dense), count, sum);
    for (const BatchPart& other : batch.subspan(1)) {
        elementwise().add(count, sum, other.gradients.data() + (range.first - dense));
    }
    if (scale != 1) {
        std::transform(sum, sum + count, sum, [scale](float g) { return scale * g; });
    }
    tables_.sum_gradients(batch_, part, parts);
}

/// The largest magnitude of all gradients; infinity where one is not finite.
float ParameterUpdate::largest_gradient() {
    const std::size_t parts = batch_.pool().threads();
    const bool only_named = postpones_rows();
    batch_.pool().run(parts, [&](std::size_t part) {
        const ParameterRange dense = dense_part(part, parts);
        part_largest_[part] =
            std::max(elementwise().largest(dense.last - dense.first, gradients_.data() + dense.first),
                     tables_.largest_gradient(only_named, part, parts));
    });
    return std::ranges::max(part_largest_);
}

/// What regularizers add to the gradients, then clipping.
void ParameterUpdate::change_gradients() {
    if (regularizer_.is_active()) {
        for_each_part([&](std::size_t part, std::size_t parts) {
            regularizer_.add_gradients(part, parts, parameters_, gradients_.span());
        });
    }
    if (clipper_.is_active()) {
        const std::size_t parts = batch_.pool().threads();
        batch_.pool().run(parts, [&](std::size_t part) { clipper_.measure(part, parts, gradients_.span()); });
        clipper_.choose_scales();
        for_each_part([&](std::size_t part, std::size_t of) { clipper_.clip(part, of, gradients_.span()); });
    }
}

// ---- The optimizer's step ----

void ParameterUpdate::apply_part(std::size_t part, std::size_t parts) {
    optimizer_->apply(parameters_, gradients_.span(), dense_part(part, parts));
    tables_.apply(*optimizer_, postpones_rows(), part, parts);
}

/// The optimizer and the constraints on all parameters that get a gradient.
void ParameterUpdate::step() {
    optimizer_->begin_step();
    for_each_part([&](std::size_t part, std::size_t parts) { apply_part(part, parts); });
    if (!postpones_rows()) {
        tables_.set_all_made(optimizer_->steps());
    }
    if (constraint_.is_active()) {
        for_each_part(
            [&](std::size_t part, std::size_t parts) { constraint_.apply(part, parts, parameters_); });
    }
}

/// True if the next step keeps everything finite for certain.
bool ParameterUpdate::can_step(float largest_gradient) {
    if (bound_.is_known() && bound_.admits_step(*optimizer_, largest_gradient)) {
        return true;
    }
    make_up_all_rows();
    bound_.measure(batch_.pool(), parameters_, *optimizer_);
    return bound_.admits_step(*optimizer_, largest_gradient);
}

/// Copies parameters and moments, and makes the step, also in rows of embeddings that no token names. Where
/// something is not finite afterwards, the copy is put back, and Error is thrown.
void ParameterUpdate::step_with_a_copy(const StepPlace& place) {
    make_up_all_rows();
    aligned_buffer<float> before(parameters_.size());
    std::ranges::copy(parameters_, before.data());
    const std::span<float> moments = optimizer_->moments();
    const std::vector<float> moments_before(moments.begin(), moments.end());
    const double rate = optimizer_->learning_rate();
    step();
    make_up_all_rows();
    bound_.measure(batch_.pool(), parameters_, *optimizer_);
    if (bound_.was_finite()) {
        return;
    }
    std::ranges::swap_ranges(before.span(), parameters_); // before anything needs memory
    std::ranges::copy(moments_before, moments.begin());
    optimizer_->set_steps(optimizer_->steps() - 1);
    bound_.forget();
    restart_rows();
    const plan::Parameter* const bad = find_not_finite(plan_, before.span());
    stop_at(place, (bad == nullptr ? "a moment of the optimizer"
                                   : "what the update makes of " + std::string(bad->name)) +
                       " with the learning rate " + std::to_string(rate));
}

void ParameterUpdate::refuse_gradients(const StepPlace& place) {
    const plan::Parameter* const bad = find_not_finite(plan_, gradients_.span());
    stop_at(place, bad == nullptr ? "a gradient" : "the gradient of " + std::string(bad->name));
}

} // namespace timeloom::detail
