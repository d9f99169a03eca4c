// What a model checks before any kernel runs.
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/finite.hpp"
#include "timeloom/runtime/input_checks.hpp"
#include "timeloom/runtime/model_impl.hpp"

#include <algorithm>
#include <cmath>

namespace timeloom {

namespace {

bool has_any_real_target(Loss loss) {
    return loss == Loss::mean_squared_error || loss == Loss::mean_absolute_error || loss == Loss::huber;
}

/// The shape without a last axis of 1.
Shape without_last_one(const Shape& shape) {
    return shape.rank() > 1 && shape.back() == 1 ? Shape(std::span(shape.begin(), shape.rank() - 1)) : shape;
}

} // namespace

void Model::Impl::require_batch(std::size_t batch_size) {
    if (batch_size == 0) {
        throw Error("batch_size must be at least 1");
    }
}

/// Stateful layers go on row by row, so that every batch must have the rows of the one before.
void Model::Impl::check_batches(std::size_t rows, std::size_t batch) const {
    if (states_.empty() || rows == 0) {
        return;
    }
    if (rows % batch != 0) {
        throw Error(std::to_string(rows) + " samples make no whole number of batches of " +
                    std::to_string(batch) + ", which stateful layers need");
    }
    states_.require_rows(batch);
}

void Model::Impl::require_compiled() const {
    if (!compiled_) {
        throw Error("the model has no loss yet: call compile() before fit() or evaluate()");
    }
}

std::size_t Model::Impl::output_steps() const {
    return static_cast<std::size_t>(plan_.network.layers.back().output_timesteps());
}

Shape Model::Impl::outputs_of_width(std::size_t rows, std::size_t width) const {
    return plan_.network.outputs_sequence() ? Shape{rows, output_steps(), width} : Shape{rows, width};
}

std::size_t Model::Impl::target_width() const {
    return has_class_targets(loss_.kind) ? 1 : static_cast<std::size_t>(plan_.network.layers.back().units);
}

void Model::Impl::check_targets(const Inputs& x, const Tensor& y) const {
    const Shape expected = outputs_of_width(x.rows(), target_width());
    const Shape& given = y.shape();
    if (given != expected && given != without_last_one(expected) && without_last_one(given) != expected) {
        y.require_shape(expected, "targets");
    }
    if (!all_finite(y.values())) {
        throw Error("the targets hold a value that is not finite; remove those samples");
    }
    if (has_class_targets(loss_.kind)) {
        check_classes(y);
    } else if (!has_any_real_target(loss_.kind) &&
               !std::ranges::all_of(y.values(), [](float v) { return v >= 0 && v <= 1; })) {
        throw Error("the targets of " + std::string(to_string(loss_.kind)) + " must lie between 0 and 1");
    }
}

void Model::Impl::check_classes(const Tensor& y) const {
    const auto classes = static_cast<float>(plan_.network.layers.back().units);
    const auto bad = std::ranges::find_if(
        y.values(), [&](float v) { return !(v >= 0 && v < classes && v == std::floor(v)); });
    if (bad != y.values().end()) {
        throw Error(
            "the target " + std::to_string(*bad) + " is no class: " + std::string(to_string(loss_.kind)) +
            " needs whole numbers from 0 to " + std::to_string(plan_.network.layers.back().units - 1));
    }
}

Model::Impl::Examples Model::Impl::checked_examples(const Inputs& x, const Tensor& y,
                                                    const Tensor& sample_weight) const {
    check_inputs(plan_.network, x);
    check_targets(x, y);
    if (sample_weight.size() == 0) {
        return {x, y};
    }
    const Shape of_samples{x.rows()};
    const Shape of_rows = without_last_one(outputs_of_width(x.rows(), 1));
    const Shape& given = sample_weight.shape();
    const auto fits = [&](const Shape& shape) { return shape == of_samples || shape == of_rows; };
    if (!fits(given) && !fits(without_last_one(given))) {
        sample_weight.require_shape(of_rows, "sample_weight");
    }
    if (!all_finite(sample_weight.values()) ||
        !std::ranges::all_of(sample_weight.values(), [](float w) { return w >= 0; })) {
        throw Error("sample_weight holds a value that is negative or not finite");
    }
    return {x, y, sample_weight.values(), sample_weight.size() / x.rows()};
}

void Model::Impl::check_fit(const Inputs& x, const FitOptions& options) const {
    if (options.batch_size == 0 || options.validation_freq == 0) {
        throw Error("fit: batch_size and validation_freq must be at least 1");
    }
    if (x.rows() == 0 || (options.drop_remainder && x.rows() < options.batch_size)) {
        throw Error("fit: " + std::to_string(x.rows()) + " samples make no full batch of " +
                    std::to_string(options.batch_size) + "; use a smaller batch or keep the remainder");
    }
    const std::size_t batch = std::min(x.rows(), options.batch_size);
    check_batches(options.drop_remainder ? x.rows() / batch * batch : x.rows(), batch);
    if (options.validation_data) {
        check_batches(options.validation_data->x().rows(), batch);
    }
    if (options.sample_weight.size() != 0 && !options.class_weight.empty()) {
        throw Error("fit: class_weight and sample_weight cannot be used together; multiply them yourself");
    }
    if (std::ranges::count(options.callbacks, nullptr) != 0) {
        throw Error("fit: one of the callbacks is a null pointer");
    }
}

/// As in Keras, the class of a row is its one value, rounded, or the place of its largest one.
std::vector<float> Model::Impl::weights_of_classes(const Tensor& y,
                                                   const std::map<int, double>& class_weight) const {
    const std::size_t width = target_width();
    std::vector<float> weights(y.size() / width, 1.0f);
    for (const auto& [label, weight] : class_weight) {
        if (!(std::isfinite(weight) && weight >= 0)) {
            throw Error("the class_weight of class " + std::to_string(label) + " is negative or not finite");
        }
    }
    for (std::size_t row = 0; row < weights.size(); ++row) {
        const float* const values = y.data() + row * width;
        const auto label = width == 1 ? static_cast<int>(std::nearbyint(*values))
                                      : static_cast<int>(std::max_element(values, values + width) - values);
        const auto found = class_weight.find(label);
        if (found != class_weight.end()) {
            weights[row] = static_cast<float>(found->second);
        }
    }
    return weights;
}

} // namespace timeloom
