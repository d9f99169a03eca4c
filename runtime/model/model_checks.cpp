// What a model checks before any kernel runs.
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/model/model_impl.hpp"
#include "timeloom/runtime/pass/input_checks.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace timeloom {

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
    return static_cast<std::size_t>(plan_.layers.back().output_timesteps());
}

Shape Model::Impl::outputs_of_width(std::size_t rows, std::size_t width) const {
    return plan_.outputs_sequence() ? Shape{rows, output_steps(), width} : Shape{rows, width};
}

std::size_t Model::Impl::target_width() const {
    return has_class_targets(loss_.kind) ? 1 : static_cast<std::size_t>(plan_.layers.back().units);
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
        check_inputs(plan_, options.validation_data->x(), false);
        if (options.validation_data->x().rows() == 0) {
            throw Error("fit: validation_data holds no samples; leave it out, or hand some over");
        }
        check_batches(options.validation_data->x().rows(), batch);
    }
    if (options.sample_weight.size() != 0 && !options.class_weight.empty()) {
        throw Error("fit: class_weight and sample_weight cannot be used together; multiply them yourself");
    }
    if (std::ranges::count(options.callbacks, nullptr) != 0) {
        throw Error("fit: one of the callbacks is a null pointer");
    }
}

void Model::Impl::check_class_weight(const std::map<int, double>& class_weight) const {
    const bool has_classes = loss_.kind != Loss::mean_squared_error &&
                             loss_.kind != Loss::mean_absolute_error && loss_.kind != Loss::huber;
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
std::vector<float> Model::Impl::weights_of_classes(const Tensor& y,
                                                   const std::map<int, double>& class_weight) const {
    check_class_weight(class_weight);
    const std::size_t width = target_width();
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

} // namespace timeloom
