// Keras's losses, with their gradients, and metrics, over rows of predictions.
#pragma once

#include <cstddef>
#include <string_view>

namespace timeloom {

/// Losses reduced by Keras's "sum_over_batch_size". With y the targets, p the predictions (or logits z), sums
/// and means over the width of a row, each per row and then averaged over the rows:
///
///     mean_squared_error               mean((p - y)^2)
///     mean_absolute_error              mean(|p - y|)
///     huber                            mean(e^2 / 2 where e = |p - y| <= delta, else delta e - delta^2 / 2)
///     binary_crossentropy              mean(-y log p - (1 - y) log(1 - p)), p clipped to [1e-7, 1 - 2^-23]
///     binary_..._from_logits           mean(max(z, 0) - z y + log(1 + exp(-|z|)))
///     categorical_crossentropy         sum(-y log q), q = p / sum(p) clipped likewise
///     categorical_..._from_logits      sum(-y log softmax(z))
///     sparse_categorical_crossentropy  -log(q_y / sum(q)), q = p clipped likewise, y the number of the class
///     sparse_..._from_logits           -log softmax(z)_y
enum class Loss {
    mean_squared_error,
    mean_absolute_error,
    huber,
    binary_crossentropy,
    binary_crossentropy_from_logits,
    categorical_crossentropy,
    categorical_crossentropy_from_logits,
    sparse_categorical_crossentropy,
    sparse_categorical_crossentropy_from_logits
};

/// Keras's huber with a delta of one's choice.
struct Huber {
    double delta = 1.0;
};

/// A loss with its option; a Loss or a Huber converts to it. Throws Error unless delta is positive.
struct LossFunction {
    LossFunction(Loss loss) : kind(loss) {}
    LossFunction(const Huber& huber);

    Loss kind;
    double delta = 1.0;
};

/// Whether the targets are numbers of classes, one a row, and not as many values as predictions.
constexpr bool has_class_targets(Loss loss) {
    return loss == Loss::sparse_categorical_crossentropy ||
           loss == Loss::sparse_categorical_crossentropy_from_logits;
}

/// Rows of predictions beside their targets; row i starts at predictions + i * prediction_stride. Its loss
/// counts weights[i] times, or once where `weights` is null.
struct PredictionRows {
    const float* predictions;
    std::size_t prediction_stride;
    const float* targets;
    std::size_t target_stride;
    std::size_t rows;
    std::size_t width;
    const float* weights = nullptr;
};

/// Share of these rows in the loss averaged over `total_rows` rows: the shares of all parts of a batch add up
/// to the loss. Unless `diff_predictions` is null, writes the gradient of that loss to it, row i at
/// diff_predictions + i * diff_stride; it is 0 where a prediction is clipped, and where p = y under |p - y|.
double loss_and_gradient(const LossFunction& loss, const PredictionRows& rows, std::size_t total_rows,
                         float* diff_predictions, std::size_t diff_stride);

/// The loss alone, averaged over these rows; 0 if there are none.
double evaluate_loss(const LossFunction& loss, const PredictionRows& rows);

/// Keras's names, and ours "..._from_logits". Throws Error listing the known names.
std::string_view to_string(Loss loss);
Loss loss_from_string(std::string_view name);

/// binary_accuracy: share of values with (p > 0.5) == (y > 0.5), or (z > 0) for logits;
/// categorical_accuracy: share of rows whose largest prediction, the first of equals, is at the largest
/// target, or for sparse_categorical_accuracy at the class that the target names.
enum class Metric {
    binary_accuracy,
    binary_accuracy_from_logits,
    categorical_accuracy,
    sparse_categorical_accuracy,
    mean_squared_error,
    mean_absolute_error
};

/// Running mean of a metric.
struct MetricTotal {
    double sum = 0.0;
    double count = 0.0;

    double value() const { return count == 0.0 ? 0.0 : sum / count; }
    MetricTotal& operator+=(const MetricTotal& other) {
        sum += other.sum;
        count += other.count;
        return *this;
    }
};

MetricTotal measure(Metric metric, const PredictionRows& rows);

/// "accuracy" means the accuracy that fits `loss`, as in Keras. Throws Error where none does, and for a
/// metric that cannot read the loss's targets.
Metric metric_from_string(std::string_view name, Loss loss);
std::string_view to_string(Metric metric);

} // namespace timeloom
