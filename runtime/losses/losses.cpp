// Keras's losses with their gradients.
#include "timeloom/runtime/losses/losses.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/losses/softmax_loops.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>

namespace timeloom {

using namespace detail;

namespace {

// Keras clips in float, where 1 - 1e-7 is 1 - 2^-23: a certain and wrong prediction costs 15.94, not 16.12.
constexpr double clip_low = 1e-7f;
constexpr double clip_high = 1.0f - 1e-7f;

double clip(double p) { return std::clamp(p, clip_low, clip_high); }

/// Loss of one value and its derivative by the prediction.
struct Term {
    double loss;
    double slope;
};

// Objects, so that their calls are compiled into the loops.
constexpr auto squared_error = [](double p, double y) { return Term{(p - y) * (p - y), 2.0 * (p - y)}; };

constexpr auto absolute_error = [](double p, double y) {
    return Term{std::abs(p - y), static_cast<double>(p > y) - static_cast<double>(p < y)};
};

Term huber(double p, double y, double delta) {
    const double error = p - y;
    if (std::isnan(error) || std::abs(error) <= delta)
        return {0.5 * error * error, error};
    return {delta * std::abs(error) - 0.5 * delta * delta, std::copysign(delta, error)};
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

double weight_of(const PredictionRows& rows, std::size_t row) {
    return rows.weights == nullptr ? 1.0 : rows.weights[row];
}

/// The gradient's row, or null where none is asked for.
float* row_of(float* diff, std::size_t diff_stride, std::size_t row) {
    return diff == nullptr ? nullptr : diff + row * diff_stride;
}

/// True if a row counts for nothing: its gradient is zero, and nobody reads its target.
bool leave_out(double weight, std::size_t width, float* diff) {
    if (weight == 0.0 && diff != nullptr)
        std::fill_n(diff, width, 0.0f);
    return weight == 0.0;
}

/// Sums `term` over a row's values, in several sums that do not wait for each other; the gradient of every
/// value is scaled by `scale`.
template <class ValueTerm>
double sum_over_row(std::size_t width, const float* p, const float* y, double scale, float* diff,
                    const ValueTerm& term) {
    constexpr std::size_t sums_apart = 8;
    std::array<double, sums_apart> sums{};
    const auto add = [&](std::size_t i, double& sum) {
        const Term at = term(p[i], y[i]);
        sum += at.loss;
        if (diff != nullptr)
            diff[i] = static_cast<float>(at.slope * scale);
    };
    const std::size_t whole = width / sums_apart * sums_apart;
    for (std::size_t i = 0; i < whole; i += sums_apart)
        for (std::size_t s = 0; s < sums_apart; ++s)
            add(i + s, sums[s]);
    for (std::size_t i = whole; i < width; ++i)
        add(i, sums[i - whole]);
    return std::accumulate(sums.begin(), sums.end(), 0.0);
}

/// Sums `term` over all values; the gradient of every value is scaled by `scale` and its row's weight.
template <class ValueTerm>
double sum_over_values(const PredictionRows& rows, double scale, float* diff, std::size_t diff_stride,
                       const ValueTerm& term) {
    double sum = 0.0;
    for (std::size_t row = 0; row < rows.rows; ++row) {
        const float* const p = rows.predictions + row * rows.prediction_stride;
        const float* const y = rows.targets + row * rows.target_stride;
        const double weight = weight_of(rows, row);
        float* const diff_row = row_of(diff, diff_stride, row);
        if (leave_out(weight, rows.width, diff_row))
            continue;
        sum += weight * (diff == nullptr ? sum_over_row(rows.width, p, y, 0.0, nullptr, term)
                                         : sum_over_row(rows.width, p, y, weight * scale, diff_row, term));
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

/// Keras clips the probabilities first and normalises them then, other than under categorical_crossentropy.
double sparse_categorical_crossentropy(std::size_t width, const float* p, std::size_t label, double scale,
                                       float* diff) {
    double total = 0.0;
    for (std::size_t i = 0; i < width; ++i)
        total += clip(p[i]);
    const double clipped = clip(p[label]);
    if (diff != nullptr)
        for (std::size_t i = 0; i < width; ++i) {
            const double slope = 1.0 / total - (i == label ? 1.0 / clipped : 0.0);
            diff[i] = static_cast<float>(clip(p[i]) == p[i] ? slope * scale : 0.0);
        }
    return std::log(total) - std::log(clipped);
}

/// Sums `row_loss(predictions, targets, scale, diff or null)` over the rows, `scale` being that of the
/// gradient.
template <class RowLoss>
double sum_over_rows(const PredictionRows& rows, double scale, float* diff, std::size_t diff_stride,
                     const RowLoss& row_loss) {
    double sum = 0.0;
    for (std::size_t row = 0; row < rows.rows; ++row) {
        const double weight = weight_of(rows, row);
        float* const diff_row = row_of(diff, diff_stride, row);
        if (leave_out(weight, rows.width, diff_row))
            continue;
        sum += weight * row_loss(rows.predictions + row * rows.prediction_stride,
                                 rows.targets + row * rows.target_stride, weight * scale, diff_row);
    }
    return sum * scale;
}

/// The losses whose rows are means over their values.
double loss_of_values(const LossFunction& loss, const PredictionRows& rows, double scale, float* diff,
                      std::size_t diff_stride) {
    switch (loss.kind) {
    case Loss::mean_squared_error:
        return sum_over_values(rows, scale, diff, diff_stride, squared_error);
    case Loss::mean_absolute_error:
        return sum_over_values(rows, scale, diff, diff_stride, absolute_error);
    case Loss::huber:
        return sum_over_values(rows, scale, diff, diff_stride,
                               [&](double p, double y) { return huber(p, y, loss.delta); });
    case Loss::binary_crossentropy:
        return sum_over_values(rows, scale, diff, diff_stride, binary_crossentropy);
    case Loss::binary_crossentropy_from_logits:
        return sum_over_values(rows, scale, diff, diff_stride, binary_crossentropy_from_logits);
    default:
        throw Error("loss number " + std::to_string(static_cast<int>(loss.kind)) + " does not exist");
    }
}

std::size_t class_of(float label, std::size_t width) {
    if (!(label >= 0.0f && label < static_cast<float>(width)))
        throw Error("the target " + std::to_string(label) + " is no class; they count from 0 to " +
                    std::to_string(width - 1));
    return static_cast<std::size_t>(label);
}

void require_delta(double delta) {
    if (!(std::isfinite(delta) && delta > 0.0))
        throw Error("the delta of the loss huber is " + std::to_string(delta) +
                    ", but it must be finite and positive");
}

} // namespace

LossFunction::LossFunction(const Huber& huber) : kind(Loss::huber), delta(huber.delta) {
    require_delta(delta);
}

double loss_and_gradient(const LossFunction& loss, const PredictionRows& rows, std::size_t total_rows,
                         float* diff, std::size_t diff_stride) {
    if (rows.rows == 0 || rows.width == 0 || total_rows == 0)
        return 0.0;
    if (rows.predictions == nullptr || rows.targets == nullptr)
        throw Error("a loss needs predictions and targets, but was given rows without memory");
    if (loss.kind == Loss::huber)
        require_delta(loss.delta);
    const double per_row = 1.0 / static_cast<double>(total_rows);
    const std::size_t width = rows.width;
    const auto sum = [&](const auto& row_loss) {
        return sum_over_rows(rows, per_row, diff, diff_stride, row_loss);
    };
    switch (loss.kind) {
    case Loss::categorical_crossentropy:
        return sum([&](const float* p, const float* y, double scale, float* diff_row) {
            return categorical_crossentropy(width, p, y, scale, diff_row);
        });
    case Loss::categorical_crossentropy_from_logits:
        return sum([&](const float* z, const float* y, double scale, float* diff_row) {
            return softmax_loops().softmax_crossentropy(width, z, y, static_cast<float>(scale), diff_row);
        });
    case Loss::sparse_categorical_crossentropy:
        return sum([&](const float* p, const float* label, double scale, float* diff_row) {
            return sparse_categorical_crossentropy(width, p, class_of(*label, width), scale, diff_row);
        });
    case Loss::sparse_categorical_crossentropy_from_logits:
        return sum([&](const float* z, const float* label, double scale, float* diff_row) {
            return softmax_loops().sparse_softmax_crossentropy(width, z, class_of(*label, width),
                                                               static_cast<float>(scale), diff_row);
        });
    default:
        return loss_of_values(loss, rows, per_row / static_cast<double>(width), diff, diff_stride);
    }
}

double evaluate_loss(const LossFunction& loss, const PredictionRows& rows) {
    return loss_and_gradient(loss, rows, rows.rows, nullptr, 0);
}

} // namespace timeloom
