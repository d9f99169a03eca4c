// Updates of parameters that stay finite.
//
// Kernels take all numbers for finite, so that parameters and the optimizer's moments must be. Looking at all
// that a step writes, or keeping what it overwrites, would take time; instead a bound on all magnitudes is
// carried from step to step, which with the largest gradient shows that nothing can overflow. It is measured
// where it has grown too far. The rare steps for which even that does not suffice are made with a copy of
// everything.
#include "timeloom/runtime/model/model_impl.hpp"
#include "timeloom/runtime/parameters/finite_parameters.hpp"
#include "timeloom/runtime/simd/elementwise.hpp"

#include <algorithm>
#include <cmath>

namespace timeloom {

namespace {

/// The largest magnitude of a thread's part of the values.
float largest_of(std::span<const float> values, std::size_t part, std::size_t parts) {
    const std::size_t first = values.size() * part / parts, last = values.size() * (part + 1) / parts;
    return elementwise().largest(last - first, values.data() + first);
}

} // namespace

void Model::Impl::measure_reach() {
    make_up_all_rows(); // what is postponed would not be seen
    const std::size_t parts = pool_.threads();
    const auto measured = [&](std::span<const float> values) {
        pool_.run(parts, [&](std::size_t part) { part_largest_[part] = largest_of(values, part, parts); });
        return double{std::ranges::max(part_largest_)};
    };
    const double parameter = measured(parameters_.span());
    reach_ = Reach{parameter, measured(optimizer_->moments())};
}

/// True if the next step keeps everything finite for certain; then its bound is the one to carry on.
bool Model::Impl::can_step(float largest_gradient) {
    const auto bound = [&] { return optimizer_->reach_of_next_step(*reach_, largest_gradient); };
    if (!reach_) {
        measure_reach();
    }
    Reach next = bound();
    if (!next.is_finite()) {
        measure_reach();
        next = bound();
    }
    if (next.is_finite()) {
        reach_ = next;
    }
    return next.is_finite();
}

/// Also of the rows that no token names. Takes everything back where something is not finite then.
void Model::Impl::step_with_a_copy(const StepPlace& place) {
    make_up_all_rows();
    aligned_buffer<float> parameters = parameters_;
    const std::span<float> moments = optimizer_->moments();
    const std::vector<float> moments_before(moments.begin(), moments.end());
    const double rate = optimizer_->learning_rate();
    step();
    measure_reach();
    if (std::isfinite(reach_->parameter) && std::isfinite(reach_->moment)) {
        return;
    }
    std::ranges::swap_ranges(parameters, parameters_); // before anything needs memory
    std::ranges::copy(moments_before, moments.begin());
    optimizer_->set_steps(optimizer_->steps() - 1);
    reach_.reset();
    restart_rows();
    const plan::Parameter* const bad = find_not_finite(plan_, parameters.span());
    stop_at(place, (bad == nullptr ? "a moment of the optimizer"
                                   : "what the update makes of " + std::string(bad->name)) +
                       " with the learning rate " + std::to_string(rate));
}

void Model::Impl::refuse_gradients(const StepPlace& place) {
    const plan::Parameter* const bad = find_not_finite(plan_, gradients_.span());
    stop_at(place, bad == nullptr ? "a gradient" : "the gradient of " + std::string(bad->name));
}

} // namespace timeloom
