// Keras's losses with their gradients.
#include "timeloom/runtime/losses.hpp"

#include "timeloom/runtime/elementwise.hpp"
#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace timeloom {

namespace {

constexpr std::array<std::string_view, 6> loss_names{
    "mean_squared_error",       "mean_absolute_error",
    "binary_crossentropy",      "binary_crossentropy_from_logits",
    "categorical_crossentropy", "categorical_crossentropy_from_logits"};

// Keras clips in float, where 1 - 1e-7 is 1 - 2^-23: a certain and wrong prediction costs 15.94, not 16.12.
constexpr double clip_low = 1e-7f;
constexpr double clip_high = 1.0f - 1e-7f;

double clip(double p) { return std::clamp(p, clip_low, clip_high); }

/// Loss of one value and its derivative by the prediction.
struct Term {
    double loss;
    double slope;
};

Term squared_error(double p, double y) { return {(p - y) * (p - y), 2.0 * (p - y)}; }

Term absolute_error(double p, double y) {
    return {std::abs(p - y), static_cast<double>(p > y) - static_cast<double>(p < y)};
}

Term binary_crossentropy(double p, double y) {
    const double q = clip(p);
    const double loss = -(y * std::log(q) + (1.0 - y) * std::log1p(-q));
    return {loss, q == p ? (p - y) / (p * (1.0 - p)) : 0.0};
}

Term binary_crossentropy_from_logits(double z, double y) {
    const double e = std::exp(-std::abs(z));
    const double sigmoid = (z >= 0.0 ? 1.0 : e) / (1.0 + e);
    return {std::max(z, 0.0) - z * y + std::log1p(e), sigmoid - y};
}

/// Sums `term` over all values; the gradient of every value is scaled by `scale`.
template <class ValueTerm>
double sum_over_values(const PredictionRows& rows, double scale, float* diff, std::size_t diff_stride,
                       const ValueTerm& term) {
    double sum = 0.0;
    for (std::size_t row = 0; row < rows.rows; ++row) {
        const float* const p = rows.predictions + row * rows.prediction_stride;
        const float* const y = rows.targets + row * rows.target_stride;
        for (std::size_t i = 0; i < rows.width; ++i) {
            const Term at = term(p[i], y[i]);
            sum += at.loss;
            if (diff != nullptr)
                diff[row * diff_stride + i] = static_cast<float>(at.slope * scale);
        }
    }
    return sum * scale;
}

double categorical_crossentropy(std::size_t width, const float* p, const float* y, double scale,
                                float* diff) {
    double total = 0.0;
    for (std::size_t i = 0; i < width; ++i)
        total += p[i];
    double loss = 0.0;
    double unclipped_targets = 0.0;
    for (std::size_t i = 0; i < width; ++i) {
        const double share = p[i] / total;
        const double clipped = clip(share);
        loss -= y[i] * std::log(clipped);
        if (share == clipped)
            unclipped_targets += y[i];
    }
    if (diff == nullptr)
        return loss;
    // With q = p / total: d loss / d p_i = (sum of unclipped y) / total - y_i / p_i where q_i is not clipped.
    for (std::size_t i = 0; i < width; ++i) {
        const double share = p[i] / total;
        const bool clipped = share != clip(share);
        const double own = clipped ? 0.0 : y[i] / static_cast<double>(p[i]);
        diff[i] = static_cast<float>((unclipped_targets / total - own) * scale);
    }
    return loss;
}

/// Sums `row_loss(width, predictions, targets, diff or null)` over the rows.
template <class RowLoss>
double sum_over_rows(const PredictionRows& rows, double scale, float* diff, std::size_t diff_stride,
                     const RowLoss& row_loss) {
    double sum = 0.0;
    for (std::size_t row = 0; row < rows.rows; ++row)
        sum += row_loss(rows.width, rows.predictions + row * rows.prediction_stride,
                        rows.targets + row * rows.target_stride,
                        diff == nullptr ? nullptr : diff + row * diff_stride);
    return sum * scale;
}

} // namespace

double loss_and_gradient(Loss loss, const PredictionRows& rows, std::size_t total_rows, float* diff,
                         std::size_t diff_stride) {
    if (rows.rows == 0 || rows.width == 0 || total_rows == 0)
        return 0.0;
    const double per_row = 1.0 / static_cast<double>(total_rows);
    const double per_value = per_row / static_cast<double>(rows.width);
    switch (loss) {
    case Loss::mean_squared_error:
        return sum_over_values(rows, per_value, diff, diff_stride, squared_error);
    case Loss::mean_absolute_error:
        return sum_over_values(rows, per_value, diff, diff_stride, absolute_error);
    case Loss::binary_crossentropy:
        return sum_over_values(rows, per_value, diff, diff_stride, binary_crossentropy);
    case Loss::binary_crossentropy_from_logits:
        return sum_over_values(rows, per_value, diff, diff_stride, binary_crossentropy_from_logits);
    case Loss::categorical_crossentropy:
        return sum_over_rows(rows, per_row, diff, diff_stride,
                             [&](std::size_t width, const float* p, const float* y, float* diff_row) {
                                 return categorical_crossentropy(width, p, y, per_row, diff_row);
                             });
    case Loss::categorical_crossentropy_from_logits:
        return sum_over_rows(rows, per_row, diff, diff_stride,
                             [&](std::size_t width, const float* z, const float* y, float* diff_row) {
                                 return elementwise().softmax_crossentropy(
                                     width, z, y, static_cast<float>(per_row), diff_row);
                             });
    }
    throw Error("Loss number " + std::to_string(static_cast<int>(loss)) + " does not exist.");
}

double evaluate_loss(Loss loss, const PredictionRows& rows) {
    return loss_and_gradient(loss, rows, rows.rows, nullptr, 0);
}

std::string_view to_string(Loss loss) { return loss_names.at(static_cast<std::size_t>(loss)); }

Loss loss_from_string(std::string_view name) {
    std::string known;
    for (std::size_t i = 0; i < loss_names.size(); ++i) {
        if (loss_names[i] == name)
            return static_cast<Loss>(i);
        known += (i == 0 ? "" : ", ") + std::string(loss_names[i]);
    }
    throw Error("There is no loss '" + std::string(name) + "'; choose one of " + known + ".");
}

} // namespace timeloom
