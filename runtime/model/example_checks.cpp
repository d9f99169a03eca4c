#include "timeloom/runtime/model/example_checks.hpp"

#include "timeloom/runtime/base/finite.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/model/evaluation.hpp"
#include "timeloom/runtime/pass/input_checks.hpp"
#include "timeloom/runtime/simd/elementwise.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace timeloom::detail {

namespace {

constexpr std::size_t samples_at_a_time = 128;

/// The shape without a last axis of 1.
Shape without_last_one(const Shape& shape) {
    return shape.rank() > 1 && shape.back() == 1 ? Shape(std::span(shape.begin(), shape.rank() - 1)) : shape;
}

bool has_masks(const plan::Model& network) {
    return std::ranges::any_of(network.inputs, &plan::Input::is_ragged) ||
           std::ranges::any_of(network.layers, [](const plan::Layer& layer) {
               return layer.makes_mask || layer.kind == plan::LayerKind::masking;
           });
}

/// "sample 3", or "sample 3, time step 2", of a row of the output.
std::string place_of(std::size_t row, std::size_t steps) {
    const std::string sample = "sample " + std::to_string(row / steps);
    return steps == 1 ? sample : sample + ", time step " + std::to_string(row % steps);
}

} // namespace

/// True if a target may be one of the loss; all are finite.
bool ExampleChecks::fits_loss(float target) const {
    switch (targets_of(loss_)) {
    case TargetKind::numbers:
        return is_finite(target);
    case TargetKind::classes:
        return target >= 0 && target < static_cast<float>(plan_.layers.back().units) &&
               target == std::floor(target);
    case TargetKind::shares:
        return target >= 0 && target <= 1;
    }
    return false;
}

bool ExampleChecks::all_fit_loss(std::span<const float> targets) const {
    return targets_of(loss_) == TargetKind::numbers
               ? is_finite(elementwise().largest(targets.size(), targets.data()))
               : std::ranges::all_of(targets, [&](float target) { return fits_loss(target); });
}

void ExampleChecks::check_targets(const Inputs& x, const Tensor& y) {
    const std::size_t width = target_width(plan_, loss_), steps = output_steps(plan_);
    const Shape expected = outputs_of_width(plan_, x.rows(), width);
    const Shape& given = y.shape();
    if (given != expected && given != without_last_one(expected) && without_last_one(given) != expected) {
        y.require_shape(expected, "targets");
    }
    const auto fits = [&](float target) { return fits_loss(target); };
    if (all_fit_loss(y.values())) {
        return;
    }
    const auto targets_of = [&](std::size_t row) { return y.values().subspan(row * width, width); };
    const auto complaint = [&](std::size_t row) {
        const float bad = *std::ranges::find_if_not(targets_of(row), fits);
        const std::string found = "the target " + std::to_string(bad) + " of " + place_of(row, steps);
        const std::string loss(to_string(loss_));
        if (!is_finite(bad)) {
            return found + " is not finite; remove such samples, or mask the step";
        }
        if (has_class_targets(loss_)) {
            return found + " is no class: " + loss + " needs whole numbers from 0 to " +
                   std::to_string(plan_.layers.back().units - 1);
        }
        return found + " does not fit: the targets of " + loss + " must lie between 0 and 1";
    };
    require_where_counted(
        x, [&](std::size_t row) { return all_fit_loss(targets_of(row)); }, complaint);
}

void ExampleChecks::check_weights(const Inputs& x, const Tensor& sample_weight) {
    const std::size_t steps = output_steps(plan_);
    const Shape of_samples{x.rows()};
    const Shape of_rows = without_last_one(outputs_of_width(plan_, x.rows(), 1));
    const auto has_shape = [&](const Shape& shape) { return shape == of_samples || shape == of_rows; };
    if (!has_shape(sample_weight.shape()) && !has_shape(without_last_one(sample_weight.shape()))) {
        sample_weight.require_shape(of_rows, "sample_weight");
    }
    const auto fits = [](float weight) { return is_finite(weight) && weight >= 0; };
    if (std::ranges::all_of(sample_weight.values(), fits)) {
        return;
    }
    const std::size_t rows_each = sample_weight.size() == x.rows() ? steps : 1; // of the output for a weight
    const auto weight_of = [&](std::size_t row) { return sample_weight.values()[row / rows_each]; };
    require_where_counted(
        x, [&](std::size_t row) { return fits(weight_of(row)); },
        [&](std::size_t row) {
            return "the sample_weight " + std::to_string(weight_of(row)) + " of " + place_of(row, steps) +
                   " is negative or not finite";
        });
}

/// Throws Error with complaint(row) for the first row of the output that does not fit but counts. Only a pass
/// tells which rows a mask leaves out, so that it is made where a row does not fit.
void ExampleChecks::require_where_counted(const Inputs& x, function_ref<bool(std::size_t)> fits,
                                          function_ref<std::string(std::size_t)> complaint) {
    const std::size_t steps = output_steps(plan_);
    const bool may_be_masked = batch_.has_call() || has_masks(plan_);
    std::vector<std::size_t> samples, bad;
    for (std::size_t row = 0; row < x.rows() * steps; ++row) {
        if (!fits(row)) {
            if (!may_be_masked) {
                throw Error(complaint(row));
            }
            bad.push_back(row);
            if (samples.empty() || samples.back() != row / steps) {
                samples.push_back(row / steps);
            }
        }
    }
    const std::vector<bool> counted = counted_rows(x, samples);
    std::size_t at = 0; // of the row's sample in `samples`
    for (const std::size_t row : bad) {
        at += samples[at] == row / steps ? 0 : 1;
        if (counted[at * steps + row % steps]) {
            throw Error(complaint(row) + "; the mask lets this step count");
        }
    }
}

/// For each row of the output of these samples (one for each time step) whether it counts, that is whether no
/// mask leaves it out.
std::vector<bool> ExampleChecks::counted_rows(const Inputs& x, const std::vector<std::size_t>& samples) {
    const std::size_t steps = output_steps(plan_);
    std::vector<char> counted(samples.size() * steps); // threads write their rows side by side
    std::size_t begin = 0;                             // of the batch among the samples
    for_each_batch(samples, samples_at_a_time, [&](Samples batch) {
        const auto note = [&](const SequenceView& output, std::size_t first, int first_step, int count) {
            for (int b = 0; b < output.rows; ++b) {
                const std::size_t row = begin + first + static_cast<std::size_t>(b);
                for (int t = first_step; t < first_step + count; ++t) {
                    counted[row * steps + static_cast<std::size_t>(t)] = output.counts(t, b) ? 1 : 0;
                }
            }
        };
        batch_.predict(x, batch, false, false, note); // without kept states: the pass leaves no trace
        begin += batch.size();
    });
    return {counted.begin(), counted.end()};
}

Examples ExampleChecks::checked(const Inputs& x, const Tensor& y, const Tensor& sample_weight) {
    check_inputs(plan_, x);
    if (x.rows() == 0) {
        throw Error("there are no samples to train or to evaluate on");
    }
    check_targets(x, y);
    if (sample_weight.size() == 0) {
        return {x, y};
    }
    check_weights(x, sample_weight);
    return {x, y, sample_weight.values(), sample_weight.size() / x.rows()};
}

void ExampleChecks::check_class_weight(const std::map<int, double>& class_weight) const {
    const bool has_classes = targets_of(loss_) != TargetKind::numbers;
    const int classes = std::max(2, plan_.layers.back().units);
    for (const auto& [label, weight] : class_weight) {
        if (!(std::isfinite(static_cast<float>(weight)) && weight >= 0)) {
            throw Error("the class_weight of class " + std::to_string(label) + " is negative or not finite");
        }
        if (has_classes && (label < 0 || label >= classes)) {
            throw Error("class_weight has a weight for class " + std::to_string(label) +
                        ", but the classes of the model count from 0 to " + std::to_string(classes - 1));
        }
    }
}

/// As in Keras, the class of a row is its one value, rounded, or the place of its largest one. Targets under
/// a mask may be no class at all.
std::vector<float> ExampleChecks::weights_of_classes(const Tensor& y,
                                                     const std::map<int, double>& class_weight) const {
    check_class_weight(class_weight);
    const std::size_t width = target_width(plan_, loss_);
    std::vector<float> weights(y.size() / width, 1.0f);
    for (std::size_t row = 0; row < weights.size(); ++row) {
        const float* const values = y.data() + row * width;
        const double label = width == 1
                                 ? std::nearbyint(double{*values})
                                 : static_cast<double>(std::max_element(values, values + width) - values);
        constexpr double largest = std::numeric_limits<int>::max();
        if (std::abs(label) <= largest) { // not of NaN
            const auto found = class_weight.find(static_cast<int>(label));
            weights[row] = found == class_weight.end() ? 1.0f : static_cast<float>(found->second);
        }
    }
    return weights;
}

} // namespace timeloom::detail
