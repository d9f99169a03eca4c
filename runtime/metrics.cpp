// Keras's metrics over rows of predictions.
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/losses.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace timeloom {

namespace {

constexpr std::array<std::string_view, 6> metric_names{"binary_accuracy",      "binary_accuracy_from_logits",
                                                       "categorical_accuracy", "sparse_categorical_accuracy",
                                                       "mean_squared_error",   "mean_absolute_error"};

/// Mean of `measure_value(prediction, target)` over all values.
template <class MeasureValue>
MetricTotal over_values(const PredictionRows& rows, const MeasureValue& measure_value) {
    MetricTotal total{0.0, static_cast<double>(rows.rows) * static_cast<double>(rows.width)};
    for (std::size_t row = 0; row < rows.rows; ++row) {
        const float* const p = rows.predictions + row * rows.prediction_stride;
        const float* const y = rows.targets + row * rows.target_stride;
        for (std::size_t i = 0; i < rows.width; ++i)
            total.sum += measure_value(p[i], y[i]);
    }
    return total;
}

/// Share of rows whose largest prediction is at `class_of(targets of the row)`.
template <class ClassOf>
MetricTotal accuracy_of_classes(const PredictionRows& rows, const ClassOf& class_of) {
    if (rows.width == 0)
        return {};
    MetricTotal total{0.0, static_cast<double>(rows.rows)};
    for (std::size_t row = 0; row < rows.rows; ++row) {
        const float* const p = rows.predictions + row * rows.prediction_stride;
        const float* const y = rows.targets + row * rows.target_stride;
        const auto predicted = std::max_element(p, p + rows.width) - p;
        total.sum += predicted == class_of(y) ? 1.0 : 0.0;
    }
    return total;
}

/// The accuracy that fits a loss, as Keras chooses it for "accuracy".
Metric accuracy_for(Loss loss) {
    switch (loss) {
    case Loss::binary_crossentropy:
        return Metric::binary_accuracy;
    case Loss::binary_crossentropy_from_logits:
        return Metric::binary_accuracy_from_logits;
    case Loss::categorical_crossentropy:
    case Loss::categorical_crossentropy_from_logits:
        return Metric::categorical_accuracy;
    case Loss::sparse_categorical_crossentropy:
    case Loss::sparse_categorical_crossentropy_from_logits:
        return Metric::sparse_categorical_accuracy;
    default:
        throw Error("The metric 'accuracy' does not fit the loss '" + std::string(to_string(loss)) +
                    "'; use mean_absolute_error or mean_squared_error.");
    }
}

} // namespace

MetricTotal measure(Metric metric, const PredictionRows& rows) {
    switch (metric) {
    case Metric::binary_accuracy:
        return over_values(rows, [](float p, float y) { return (p > 0.5f) == (y > 0.5f) ? 1.0 : 0.0; });
    case Metric::binary_accuracy_from_logits:
        return over_values(rows, [](float z, float y) { return (z > 0.0f) == (y > 0.5f) ? 1.0 : 0.0; });
    case Metric::categorical_accuracy:
        return accuracy_of_classes(rows,
                                   [&](const float* y) { return std::max_element(y, y + rows.width) - y; });
    case Metric::sparse_categorical_accuracy:
        return accuracy_of_classes(rows, [](const float* y) { return static_cast<std::ptrdiff_t>(*y); });
    case Metric::mean_squared_error:
        return over_values(rows, [](double p, double y) { return (p - y) * (p - y); });
    case Metric::mean_absolute_error:
        return over_values(rows, [](double p, double y) { return std::abs(p - y); });
    }
    throw Error("Metric number " + std::to_string(static_cast<int>(metric)) + " does not exist.");
}

Metric metric_from_string(std::string_view name, Loss loss) {
    if (name == "accuracy")
        return accuracy_for(loss);
    std::string known = "accuracy";
    for (std::size_t i = 0; i < metric_names.size(); ++i) {
        if (metric_names[i] == name) {
            const auto metric = static_cast<Metric>(i);
            if (has_class_targets(loss) != (metric == Metric::sparse_categorical_accuracy))
                throw Error("The metric '" + std::string(name) + "' cannot read the targets of the loss '" +
                            std::string(to_string(loss)) + "'; use accuracy.");
            return metric;
        }
        known += ", " + std::string(metric_names[i]);
    }
    throw Error("There is no metric '" + std::string(name) + "'; choose one of " + known + ".");
}

std::string_view to_string(Metric metric) { return metric_names.at(static_cast<std::size_t>(metric)); }

} // namespace timeloom
