// Keras's metrics over rows of predictions.
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/losses/losses.hpp"
#include "timeloom/runtime/losses/roc_curve.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace timeloom {

using namespace detail;

namespace {

double weight_of(const PredictionRows& rows, std::size_t row) {
    return rows.weights == nullptr ? 1.0 : rows.weights[row];
}

/// Calls f(predictions, targets, weight) for every row that counts.
template <class F>
void for_each_row(const PredictionRows& rows, const F& f) {
    for (std::size_t row = 0; row < rows.rows; ++row)
        if (const double weight = weight_of(rows, row); weight != 0.0)
            f(rows.predictions + row * rows.prediction_stride, rows.targets + row * rows.target_stride,
              weight);
}

/// Calls f(prediction, target, weight) for every value that counts.
template <class F>
void for_each_value(const PredictionRows& rows, const F& f) {
    for_each_row(rows, [&](const float* p, const float* y, double weight) {
        for (std::size_t i = 0; i < rows.width; ++i)
            f(p[i], y[i], weight);
    });
}

/// Adds `measure_value(prediction, target)` of all values.
template <class MeasureValue>
void add_values(const PredictionRows& rows, MetricTotal& total, const MeasureValue& measure_value) {
    for_each_value(rows, [&](float p, float y, double weight) {
        total.sum += weight * measure_value(p, y);
        total.count += weight;
    });
}

/// Adds the rows whose largest prediction is at `class_of(targets of the row)`.
template <class ClassOf>
void add_classes(const PredictionRows& rows, MetricTotal& total, const ClassOf& class_of) {
    for_each_row(rows, [&](const float* p, const float* y, double weight) {
        const auto predicted = static_cast<float>(std::max_element(p, p + rows.width) - p);
        total.sum += predicted == class_of(y) ? weight : 0.0;
        total.count += weight;
    });
}

/// Adds the share that precision and recall are: among the values for which `counts(is_predicted, is_true)`
/// holds, those that are predicted and true.
template <class Counts>
void add_share(const PredictionRows& rows, float threshold, MetricTotal& total, const Counts& counts) {
    for_each_value(rows, [&](float p, float y, double weight) {
        const bool predicted = p > threshold, true_one = y != 0.0f;
        total.sum += predicted && true_one ? weight : 0.0;
        total.count += counts(predicted, true_one) ? weight : 0.0;
    });
}

void add_precision(const PredictionRows& rows, float threshold, MetricTotal& total) {
    add_share(rows, threshold, total, [](bool predicted, bool) { return predicted; });
}

void add_recall(const PredictionRows& rows, float threshold, MetricTotal& total) {
    add_share(rows, threshold, total, [](bool, bool true_one) { return true_one; });
}

// As Keras computes them.
constexpr double least = 1e-7;

double percentage_error(double p, double y) { return 100.0 * std::abs(y - p) / std::max(std::abs(y), least); }

double squared_logarithmic_error(double p, double y) {
    const double error = std::log1p(std::max(p, least)) - std::log1p(std::max(y, least));
    return error * error;
}

float sigmoid(float z) { return 1.0f / (1.0f + std::exp(-z)); }

} // namespace

MetricTotal& MetricTotal::operator+=(const MetricTotal& other) {
    sum += other.sum;
    count += other.count;
    const auto add = [](std::vector<double>& to, const std::vector<double>& from) {
        to.resize(std::max(to.size(), from.size()));
        std::transform(from.begin(), from.end(), to.begin(), to.begin(), std::plus<>());
    };
    add(negatives, other.negatives);
    add(positives, other.positives);
    return *this;
}

void MetricTotal::reset() {
    sum = count = 0.0;
    std::ranges::fill(negatives, 0.0);
    std::ranges::fill(positives, 0.0);
}

void measure(Metric metric, const PredictionRows& rows, MetricTotal& total) {
    if (rows.rows == 0 || rows.width == 0)
        return;
    if (rows.predictions == nullptr || rows.targets == nullptr)
        throw Error("a metric needs predictions and targets, but was given rows without memory");
    switch (metric) {
    case Metric::binary_accuracy:
        return add_values(rows, total, [](float p, float y) { return (p > 0.5f) == (y > 0.5f) ? 1.0 : 0.0; });
    case Metric::binary_accuracy_from_logits:
        return add_values(rows, total, [](float z, float y) { return (z > 0.0f) == (y > 0.5f) ? 1.0 : 0.0; });
    case Metric::categorical_accuracy:
        return add_classes(rows, total, [&](const float* y) {
            return static_cast<float>(std::max_element(y, y + rows.width) - y);
        });
    case Metric::sparse_categorical_accuracy:
        return add_classes(rows, total, [](const float* y) { return *y; });
    case Metric::mean_squared_error:
    case Metric::root_mean_squared_error:
        return add_values(rows, total, [](double p, double y) { return (p - y) * (p - y); });
    case Metric::mean_absolute_error:
        return add_values(rows, total, [](double p, double y) { return std::abs(p - y); });
    case Metric::mean_absolute_percentage_error:
        return add_values(rows, total, percentage_error);
    case Metric::mean_squared_logarithmic_error:
        return add_values(rows, total, squared_logarithmic_error);
    case Metric::precision:
        return add_precision(rows, 0.5f, total);
    case Metric::precision_from_logits:
        return add_precision(rows, 0.0f, total);
    case Metric::recall:
        return add_recall(rows, 0.5f, total);
    case Metric::recall_from_logits:
        return add_recall(rows, 0.0f, total);
    case Metric::auc:
        return for_each_value(
            rows, [&](float p, float y, double weight) { add_to_roc_curve(total, p, y != 0.0f, weight); });
    case Metric::auc_from_logits:
        return for_each_value(rows, [&](float z, float y, double weight) {
            add_to_roc_curve(total, sigmoid(z), y != 0.0f, weight);
        });
    }
    throw Error("metric number " + std::to_string(static_cast<int>(metric)) + " does not exist");
}

MetricTotal measure(Metric metric, const PredictionRows& rows) {
    MetricTotal total;
    measure(metric, rows, total);
    return total;
}

double value_of(Metric metric, const MetricTotal& total) {
    switch (metric) {
    case Metric::root_mean_squared_error:
        return std::sqrt(total.value());
    case Metric::auc:
    case Metric::auc_from_logits:
        return area_under_roc_curve(total);
    default:
        return total.value();
    }
}

} // namespace timeloom
