// Keras's optimizers over one flat array of parameters.
#include "timeloom/runtime/optimizers/optimizers.hpp"

#include "timeloom/runtime/base/as_error.hpp"
#include "timeloom/runtime/base/flush_denormals.hpp"
#include "timeloom/runtime/base/prefetch_lines.hpp"
#include "timeloom/runtime/optimizers/optimizer_loops.hpp"
#include "timeloom/runtime/optimizers/optimizer_options.hpp"
#include "timeloom/runtime/tensors/shape.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <variant>

namespace timeloom {

using namespace detail;

namespace {

std::vector<std::string> names_of_moments(const Adam&) { return {"momentum", "velocity"}; }
std::vector<std::string> names_of_moments(const AdamW&) { return {"momentum", "velocity"}; }

std::vector<std::string> names_of_moments(const RMSprop& rmsprop) {
    std::vector<std::string> names{"velocity"};
    if (rmsprop.momentum > 0.0)
        names.push_back("momentum");
    if (rmsprop.centered)
        names.push_back("average_gradient");
    return names;
}

std::vector<std::string> names_of_moments(const SGD& sgd) {
    return sgd.momentum > 0.0 ? std::vector<std::string>{"momentum"} : std::vector<std::string>{};
}

template <class AdamOrAdamW>
AdamCoefficients adam_coefficients(const AdamOrAdamW& adam, double alpha, double decay) {
    return {static_cast<float>(alpha), static_cast<float>(1.0 - adam.beta_1),
            static_cast<float>(1.0 - adam.beta_2), static_cast<float>(adam.epsilon),
            static_cast<float>(decay)};
}

} // namespace

std::string_view to_string(const Optimizer& optimizer) {
    constexpr std::array<std::string_view, std::variant_size_v<Optimizer>> names{"Adam", "SGD", "RMSprop",
                                                                                 "AdamW"};
    return names[optimizer.index()];
}

OptimizerState::OptimizerState(const Optimizer& optimizer, std::size_t parameter_count,
                               std::vector<ParameterRange> without_decay)
    : optimizer_(optimizer), loops_(&optimizer_loops()), parameter_count_(parameter_count),
      without_decay_(std::move(without_decay)) {
    detail::require_valid(optimizer);
    as_error("OptimizerState", [&] {
        step_rates_.resize(most_missed);
        moments_ = aligned_buffer<float>(Shape{moment_names().size(), parameter_count}.size());
    });
}

std::vector<std::string> OptimizerState::moment_names() const {
    return std::visit([](const auto& options) { return names_of_moments(options); }, optimizer_);
}

void OptimizerState::begin_step() {
    step_learning_rate_ = learning_rate();
    ++steps_;
    bias_correction_ = bias_correction(optimizer_, steps_);
    step_rates_[steps_ % most_missed] = {step_learning_rate_, step_learning_rate_ * bias_correction_};
}

void OptimizerState::set_steps(std::uint64_t steps) { steps_ = steps; }

double OptimizerState::learning_rate() const {
    return learning_rate_at(learning_rate_of(optimizer_), steps_);
}

bool OptimizerState::has_schedule() const { return !learning_rate_of(optimizer_).is_constant(); }

void OptimizerState::set_learning_rate(double learning_rate) {
    if (has_schedule())
        throw Error("the learning rate cannot be set, because it follows a schedule; give the optimizer a "
                    "number as learning_rate");
    timeloom::require_valid(LearningRate(learning_rate)); // before anything changes
    std::visit([&](auto& options) { options.learning_rate = learning_rate; }, optimizer_);
}

void OptimizerState::require_valid(std::span<float> params, std::span<const float> grads,
                                   ParameterRange range) const {
    if (params.size() != parameter_count_ || grads.size() != parameter_count_)
        throw Error("the optimizer was made for " + std::to_string(parameter_count_) +
                    " parameters, but got " + std::to_string(params.size()) + " parameters and " +
                    std::to_string(grads.size()) + " gradients");
    if (range.first > range.last || range.last > parameter_count_)
        throw Error("the optimizer's range [" + std::to_string(range.first) + ", " +
                    std::to_string(range.last) + ") does not lie within " + std::to_string(parameter_count_) +
                    " parameters");
    if (steps_ == 0)
        throw Error("OptimizerState::apply was called before begin_step");
}

void OptimizerState::apply(std::span<float> params, std::span<const float> grads, ParameterRange range) {
    require_valid(params, grads, range);
    const FlushDenormals flush_denormals;
    const OptimizerTable& loops = *loops_;
    const std::size_t count = range.last - range.first;
    float* const p = params.data() + range.first;
    const float* const g = grads.data() + range.first;
    float* const moment = moments_.data() + range.first;

    if (const Adam* const adam = std::get_if<Adam>(&optimizer_)) {
        const double alpha = step_learning_rate_ * bias_correction_;
        return loops.adam(adam_coefficients(*adam, alpha, 0.0), count, p, g, moment,
                          moment + parameter_count_);
    }
    if (const AdamW* const adamw = std::get_if<AdamW>(&optimizer_))
        return apply_adamw(*adamw, params.data(), grads.data(), range);
    if (const RMSprop* const rmsprop = std::get_if<RMSprop>(&optimizer_)) {
        const RmspropCoefficients coefficients{
            static_cast<float>(step_learning_rate_), static_cast<float>(rmsprop->rho),
            static_cast<float>(1.0 - rmsprop->rho), static_cast<float>(rmsprop->momentum),
            static_cast<float>(rmsprop->epsilon)};
        float* const momentum = rmsprop->momentum > 0.0 ? moment + parameter_count_ : nullptr;
        float* const last = moment + (rmsprop->momentum > 0.0 ? 2 : 1) * parameter_count_;
        return loops.rmsprop(coefficients, count, p, g, moment, momentum, rmsprop->centered ? last : nullptr);
    }
    const SGD& sgd = std::get<SGD>(optimizer_);
    const SgdCoefficients coefficients{static_cast<float>(step_learning_rate_),
                                       static_cast<float>(sgd.momentum)};
    if (sgd.momentum == 0.0)
        return loops.sgd(coefficients, count, p, g);
    if (sgd.nesterov)
        return loops.sgd_nesterov(coefficients, count, p, g, moment);
    return loops.sgd_momentum(coefficients, count, p, g, moment);
}

void OptimizerState::prefetch(ParameterRange range) const {
    for (std::size_t at = 0; at < moments_.size(); at += parameter_count_)
        prefetch_lines(moments_.data() + at + range.first,
                       static_cast<std::ptrdiff_t>(range.last - range.first));
}

/// The first piece that ends behind the parameter.
std::vector<ParameterRange>::const_iterator OptimizerState::first_without_decay(std::size_t parameter) const {
    return std::ranges::upper_bound(without_decay_, parameter, {}, &ParameterRange::last);
}

/// Piece by piece: with weight decay up to the next range without it, then that range.
void OptimizerState::apply_adamw(const AdamW& adamw, float* params, const float* grads,
                                 ParameterRange range) {
    const OptimizerTable& loops = *loops_;
    const double alpha = step_learning_rate_ * bias_correction_;
    const AdamCoefficients decaying =
        adam_coefficients(adamw, alpha, adamw.weight_decay * step_learning_rate_);
    const AdamCoefficients plain = adam_coefficients(adamw, alpha, 0.0);
    std::size_t at = range.first;
    const auto advance = [&](std::size_t end, bool decays) {
        end = std::clamp(end, at, range.last);
        float* const m = moments_.data() + at;
        (decays ? loops.adamw : loops.adam)(decays ? decaying : plain, end - at, params + at, grads + at, m,
                                            m + parameter_count_);
        at = end;
    };
    for (auto piece = first_without_decay(range.first);
         piece != without_decay_.end() && piece->first < range.last; ++piece) {
        advance(piece->first, true);
        advance(piece->last, false);
    }
    advance(range.last, true);
}

} // namespace timeloom
