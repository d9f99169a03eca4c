// Keras's losses, with their gradients, and metrics, over rows of predictions.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

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

/// What a loss takes as targets.
enum class TargetKind {
    numbers, ///< as many values as predictions, each any finite number
    shares,  ///< as many values as predictions, each from 0 to 1
    classes  ///< one value a row, the number of its class
};

/// The compiler names this function when a loss is added and its case is missing here.
constexpr TargetKind targets_of(Loss loss) {
    switch (loss) {
    case Loss::mean_squared_error:
    case Loss::mean_absolute_error:
    case Loss::huber:
        return TargetKind::numbers;
    case Loss::binary_crossentropy:
    case Loss::binary_crossentropy_from_logits:
    case Loss::categorical_crossentropy:
    case Loss::categorical_crossentropy_from_logits:
        return TargetKind::shares;
    case Loss::sparse_categorical_crossentropy:
    case Loss::sparse_categorical_crossentropy_from_logits:
        return TargetKind::classes;
    }
    return TargetKind::numbers; // of a number that names no loss; whoever uses it refuses it
}

constexpr bool has_class_targets(Loss loss) { return targets_of(loss) == TargetKind::classes; }

/// Rows of predictions beside their targets; row i starts at predictions + i * prediction_stride. Its loss
/// counts weights[i] times, or once where `weights` is null; one of weight 0 is not read.
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
/// Throws Error for rows without memory, for a delta that is not positive and for a target that is no class.
double loss_and_gradient(const LossFunction& loss, const PredictionRows& rows, std::size_t total_rows,
                         float* diff_predictions, std::size_t diff_stride);

/// The loss alone, averaged over these rows; 0 if there are none.
double evaluate_loss(const LossFunction& loss, const PredictionRows& rows);

/// Keras's names, "mse", "mae" and "bce" among them, and ours "..._from_logits". Throws Error listing the
/// known names.
std::string_view to_string(Loss loss);
Loss loss_from_string(std::string_view name);

/// Metrics over y and p as above. Means: mean_squared_error, mean_absolute_error,
/// mean_absolute_percentage_error (100 mean(|p - y| / max(|y|, 1e-7))), mean_squared_logarithmic_error
/// (mean((log(1 + max(p, 1e-7)) - log(1 + max(y, 1e-7)))^2)), root_mean_squared_error.
/// binary_accuracy: share of values with (p > 0.5) == (y > 0.5); categorical_accuracy: share of rows whose
/// largest prediction, the first of equals, is at the largest target, or for sparse_categorical_accuracy at
/// the class that the target names. precision and recall: share of the values p > 0.5 whose y is not 0, and
/// share of the values with such a y that have p > 0.5. auc: area under the ROC curve as Keras's AUC() sums
/// it, by trapezoids over 200 thresholds. "..._from_logits" read sigmoid(z) as p.
enum class Metric {
    binary_accuracy,
    binary_accuracy_from_logits,
    categorical_accuracy,
    sparse_categorical_accuracy,
    mean_squared_error,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_logarithmic_error,
    root_mean_squared_error,
    precision,
    precision_from_logits,
    recall,
    recall_from_logits,
    auc,
    auc_from_logits
};

/// What a metric has counted so far; parts of the data may be counted apart and added.
struct MetricTotal {
    double sum = 0.0;
    double count = 0.0;
    /// For auc: weights of the values whose target is 0, and of the others, between neighbouring thresholds.
    std::vector<double> negatives{}, positives{};

    /// The mean, sum / count; 0 where nothing was counted.
    double value() const { return count == 0.0 ? 0.0 : sum / count; }
    MetricTotal& operator+=(const MetricTotal& other);
    /// Forgets what was counted, but keeps the memory.
    void reset();
};

/// Adds the rows to `total`, each as often as its weight says. Throws Error for rows without memory.
void measure(Metric metric, const PredictionRows& rows, MetricTotal& total);
MetricTotal measure(Metric metric, const PredictionRows& rows);
/// The metric that `total` has counted; 0 where it has counted nothing.
double value_of(Metric metric, const MetricTotal& total);

/// A metric by its name in Metric, or a shorter one: "acc", "mse", "mae", "mape", "msle", "rmse", in capital
/// letters too. "accuracy" is the one that fits the loss: binary_accuracy under binary_crossentropy, also
/// where a row has several values (Keras 3 takes categorical_accuracy there), categorical_accuracy or
/// sparse_categorical_accuracy under those crossentropies. Under a loss from logits, accuracies, precision,
/// recall and auc read logits. Throws Error, listing the names there are, for others, and for a metric that
/// cannot read the loss's targets.
Metric metric_from_string(std::string_view name, Loss loss);
std::string_view to_string(Metric metric);

} // namespace timeloom
