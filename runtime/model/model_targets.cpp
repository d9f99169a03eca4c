// What is checked of targets and sample weights: those under a mask of the output count for nothing.
#include "timeloom/runtime/base/finite.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/model/model_impl.hpp"
#include "timeloom/runtime/pass/input_checks.hpp"

#include <algorithm>
#include <cmath>

namespace timeloom {

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
bool Model::Impl::fits_loss(float target) const {
    switch (loss_.kind) {
    case Loss::mean_squared_error:
    case Loss::mean_absolute_error:
    case Loss::huber:
        return is_finite(target);
    case Loss::sparse_categorical_crossentropy:
    case Loss::sparse_categorical_crossentropy_from_logits:
        return target >= 0 && target < static_cast<float>(plan_.layers.back().units) &&
               target == std::floor(target);
    default:
        return target >= 0 && target <= 1;
    }
}

void Model::Impl::check_targets(const Inputs& x, const Tensor& y) {
    const std::size_t width = target_width(), steps = output_steps();
    const Shape expected = outputs_of_width(x.rows(), width);
    const Shape& given = y.shape();
    if (given != expected && given != without_last_one(expected) && without_last_one(given) != expected) {
        y.require_shape(expected, "targets");
    }
    const auto fits = [&](float target) { return fits_loss(target); };
    if (std::ranges::all_of(y.values(), fits)) {
        return;
    }
    const auto targets_of = [&](std::size_t row) { return y.values().subspan(row * width, width); };
    const auto complaint = [&](std::size_t row) {
        const float bad = *std::ranges::find_if_not(targets_of(row), fits);
        const std::string found = "the target " + std::to_string(bad) + " of " + place_of(row, steps);
        const std::string loss(to_string(loss_.kind));
        if (!is_finite(bad)) {
            return found + " is not finite; remove such samples, or mask the step";
        }
        if (has_class_targets(loss_.kind)) {
            return found + " is no class: " + loss + " needs whole numbers from 0 to " +
                   std::to_string(plan_.layers.back().units - 1);
        }
        return found + " does not fit: the targets of " + loss + " must lie between 0 and 1";
    };
    require_where_counted(
        x, [&](std::size_t row) { return std::ranges::all_of(targets_of(row), fits); }, complaint);
}

void Model::Impl::check_weights(const Inputs& x, const Tensor& sample_weight) {
    const std::size_t steps = output_steps();
    const Shape of_samples{x.rows()};
    const Shape of_rows = without_last_one(outputs_of_width(x.rows(), 1));
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
void Model::Impl::require_where_counted(const Inputs& x, function_ref<bool(std::size_t)> fits,
                                        function_ref<std::string(std::size_t)> complaint) {
    const std::size_t steps = output_steps();
    const bool may_be_masked = has_call() || has_masks(plan_);
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

/// Of the output's rows for these samples, those that no mask leaves out.
std::vector<bool> Model::Impl::counted_rows(const Inputs& x, const std::vector<std::size_t>& samples) {
    const std::size_t steps = output_steps();
    std::vector<char> counted(samples.size() * steps); // threads write their rows side by side
    make_up_all_rows();
    for (std::size_t first = 0; first < samples.size(); first += samples_at_a_time) {
        const Samples batch =
            Samples(samples).subspan(first, std::min(samples_at_a_time, samples.size() - first));
        for_each_shard(batch.size(), false, [&](Shard& shard, std::size_t begin) {
            shard.load(x, batch.subspan(begin, static_cast<std::size_t>(shard.rows())));
            const auto note = [&](const SequenceView& output, int first_row, int first_step, int count) {
                for (int b = 0; b < output.rows; ++b) {
                    const std::size_t row = first + begin + static_cast<std::size_t>(first_row + b);
                    for (int t = first_step; t < first_step + count; ++t) {
                        counted[row * steps + static_cast<std::size_t>(t)] = output.counts(t, b) ? 1 : 0;
                    }
                }
            };
            // Without kept states: the pass leaves no trace.
            shard.predict({.first_row = static_cast<int>(begin)}, note);
        });
    }
    return {counted.begin(), counted.end()};
}

Model::Impl::Examples Model::Impl::checked_examples(const Inputs& x, const Tensor& y,
                                                    const Tensor& sample_weight) {
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

} // namespace timeloom
