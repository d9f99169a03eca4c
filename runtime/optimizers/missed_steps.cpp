// What an optimizer does to parameters in steps without gradients, made up for later.
#include "timeloom/runtime/base/flush_denormals.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/optimizers/optimizer_loops.hpp"
#include "timeloom/runtime/optimizers/optimizers.hpp"
#include "timeloom/runtime/simd/elementwise.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <string>

namespace timeloom {

using namespace detail;

namespace {

/// A coefficient's complement as apply() uses it, rounded to float.
double one_minus_rounded(double one_minus_rate) { return 1.0 - static_cast<float>(one_minus_rate); }

double power(double base, std::uint64_t exponent) { return std::pow(base, static_cast<double>(exponent)); }

/// Steps after which the first moment, as seen through the root of the second, is 2^-30 of what it was: what
/// follows is lost in the rounding of what came before. There is no such step where beta_2 falls too fast.
double visible_steps(double beta_1, double beta_2) {
    const double log_ratio = std::log(beta_1) - 0.5 * std::log(beta_2);
    return log_ratio < 0 ? 1 - 30 * std::log(2.0) / log_ratio : std::numeric_limits<double>::infinity();
}

} // namespace

template <class AdamOrAdamW>
void OptimizerState::make_up_adam(const AdamOrAdamW& adam, double weight_decay, float* params,
                                  ParameterRange range, std::uint64_t missed) {
    const double beta_1 = one_minus_rounded(1 - adam.beta_1), beta_2 = one_minus_rounded(1 - adam.beta_2);
    const double root_2 = std::sqrt(beta_2);
    const double visible = visible_steps(beta_1, beta_2);
    std::array<AdamMissedSteps::Step, most_missed> steps;
    std::size_t count = 0;
    double kept_after = 1, first = 1, second_root = 1;
    for (std::uint64_t s = steps_ - missed + 1; s <= steps_; ++s) {
        const StepRates& rates = step_rates_[s % most_missed];
        const double kept_now = 1 - weight_decay * rates.learning_rate;
        first *= beta_1;
        second_root *= root_2;
        if (static_cast<double>(count) < visible) {
            steps[count++] = {static_cast<float>(rates.alpha * first), static_cast<float>(second_root),
                              static_cast<float>(kept_now)};
        } else {
            kept_after *= kept_now;
        }
    }
    const AdamMissedSteps all{.steps = std::span(steps).first(count),
                              .epsilon = static_cast<float>(adam.epsilon),
                              .kept_after = static_cast<float>(kept_after),
                              .keeps_all = weight_decay == 0,
                              .momentum_factor = static_cast<float>(first),
                              .velocity_factor = static_cast<float>(second_root * second_root)};
    float* const m = moments_.data() + range.first;
    loops_->adam_missed(all, range.last - range.first, params + range.first, m, m + parameter_count_);
}

void OptimizerState::make_up(std::span<float> params, ParameterRange range, std::uint64_t since) {
    require_valid(params, params, range);
    if (since > steps_ || steps_ - since > most_missed) {
        throw Error("OptimizerState::make_up: of " + std::to_string(steps_) + " steps, those after step " +
                    std::to_string(since) + " are more than the " + std::to_string(most_missed) +
                    " that are remembered");
    }
    const FlushDenormals flush_denormals;
    const std::uint64_t missed = steps_ - since;
    const std::size_t count = range.last - range.first;
    float* const p = params.data() + range.first;
    float* moment = moments_.data() + range.first;
    // A momentum of which a step keeps the part μ: what it does in all the steps together is a geometric sum.
    const auto coast = [&](double mu, double direction, float* velocity) {
        const double rest = power(mu, missed);
        const double way = mu < 1 ? (1 - rest) / (1 - mu) : static_cast<double>(missed);
        loops_->coast(static_cast<float>(direction * way), static_cast<float>(rest), count, p, velocity);
    };
    if (const Adam* const adam = std::get_if<Adam>(&optimizer_)) {
        make_up_adam(*adam, 0, params.data(), range, missed);
    } else if (const AdamW* const adamw = std::get_if<AdamW>(&optimizer_)) {
        const auto piece = first_without_decay(range.first);
        const bool decays = piece == without_decay_.end() || piece->first > range.first;
        make_up_adam(*adamw, decays ? adamw->weight_decay : 0, params.data(), range, missed);
    } else if (const RMSprop* const rmsprop = std::get_if<RMSprop>(&optimizer_)) {
        const auto fade = [&] {
            elementwise().scale(static_cast<float>(power(static_cast<float>(rmsprop->rho), missed)), count,
                                moment);
            moment += parameter_count_;
        };
        fade(); // the velocity
        if (rmsprop->momentum > 0) {
            const double mu = static_cast<float>(rmsprop->momentum);
            coast(mu, -mu, moment);
            moment += parameter_count_;
        }
        if (rmsprop->centered) {
            fade();
        }
    } else if (const SGD& sgd = std::get<SGD>(optimizer_); sgd.momentum > 0) {
        const double mu = static_cast<float>(sgd.momentum);
        coast(mu, sgd.nesterov ? mu * mu : mu, moment);
    }
}

} // namespace timeloom
