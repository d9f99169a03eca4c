// Losses and gradients against Keras and against their formulas in double.
#include "../support/golden_file.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/losses/losses.hpp"
#include "timeloom/runtime/losses/softmax_loops.hpp"
#include "timeloom/runtime/simd/random.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

using nlohmann::json;
using timeloom::Loss;
using timeloom::PredictionRows;

namespace {

constexpr double epsilon = std::numeric_limits<float>::epsilon();

/// Those whose targets have the shape of the predictions.
const std::vector<Loss> value_losses{Loss::mean_squared_error,
                                     Loss::mean_absolute_error,
                                     Loss::huber,
                                     Loss::binary_crossentropy,
                                     Loss::binary_crossentropy_from_logits,
                                     Loss::categorical_crossentropy,
                                     Loss::categorical_crossentropy_from_logits};
const std::vector<Loss> sparse_losses{Loss::sparse_categorical_crossentropy,
                                      Loss::sparse_categorical_crossentropy_from_logits};

/// The vectors must outlive the result: temporaries only within one expression.
PredictionRows rows_of(const std::vector<float>& predictions, const std::vector<float>& targets,
                       std::size_t width) {
    return {predictions.data(), width, targets.data(), width, predictions.size() / width, width};
}

/// "binary_crossentropy_from_far_logits" tests the loss "binary_crossentropy_from_logits", and so on.
Loss loss_of_name(const std::string& name) {
    if (name.starts_with("sparse"))
        return name.ends_with("logits") ? Loss::sparse_categorical_crossentropy_from_logits
                                        : Loss::sparse_categorical_crossentropy;
    if (name.starts_with("huber"))
        return Loss::huber;
    if (name.starts_with("mean_squared_error"))
        return Loss::mean_squared_error;
    const bool categorical = name.starts_with("categorical");
    if (name.ends_with("logits"))
        return categorical ? Loss::categorical_crossentropy_from_logits
                           : Loss::binary_crossentropy_from_logits;
    if (categorical)
        return Loss::categorical_crossentropy;
    if (name.starts_with("binary"))
        return Loss::binary_crossentropy;
    return timeloom::loss_from_string(name);
}

timeloom::LossFunction loss_of_case(const json& test) {
    if (test.contains("delta"))
        return timeloom::Huber{test.at("delta").get<double>()};
    return loss_of_name(test.at("name"));
}

double largest_difference(const std::vector<float>& found, const std::vector<double>& expected) {
    REQUIRE(found.size() == expected.size());
    double largest = 0.0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        REQUIRE(std::isfinite(found[i]));
        largest = std::max(largest, std::abs(found[i] - expected[i]));
    }
    return largest;
}

double largest_magnitude(const std::vector<double>& values) {
    double largest = 0.0;
    for (const double value : values)
        largest = std::max(largest, std::abs(value));
    return largest;
}

std::vector<float> random_values(std::size_t count, std::uint64_t stream, float low, float high) {
    timeloom::Random random(41, stream);
    std::vector<float> values(count);
    for (float& value : values)
        value = random.uniform(low, high);
    return values;
}

} // namespace

TEST_CASE("losses and gradients as Keras computes them") {
    const json golden = timeloom::golden::read("keras_losses.json");
    for (const json& test : golden.at("cases")) {
        const std::string name = test.at("name");
        const auto predictions = timeloom::golden::values<float>(test.at("prediction"));
        const auto targets = timeloom::golden::values<float>(test.at("target"));
        const std::size_t width = test.at("prediction").at("shape").back();
        const std::size_t rows = predictions.size() / width;
        const timeloom::LossFunction loss = loss_of_case(test);
        PredictionRows all = rows_of(predictions, targets, width);
        all.target_stride = targets.size() / rows;
        std::vector<float> weights;
        if (test.contains("sample_weight")) {
            weights = timeloom::golden::values<float>(test.at("sample_weight"));
            REQUIRE(weights.size() == rows);
            all.weights = weights.data();
        }
        std::vector<float> diff(predictions.size(), 99.0f);
        const double value = timeloom::loss_and_gradient(loss, all, rows, diff.data(), width);

        // Where predictions are clipped, float and double differ by more than rounding: we follow float.
        for (const char* dtype : {"float32", "float64"}) {
            if (name.ends_with("extreme") && dtype == std::string("float64"))
                continue;
            CAPTURE(name, dtype);
            const json& expected = test.at(dtype);
            const auto gradient = timeloom::golden::values<double>(expected.at("gradient"));
            // Keras's float and our vectorised exp and sums over four classes each round less than eight
            // times.
            CHECK(std::abs(value - expected.at("value").get<double>()) <= 8.0 * epsilon * value);
            CHECK(largest_difference(diff, gradient) <= 8.0 * epsilon * largest_magnitude(gradient));
        }
        CHECK(timeloom::evaluate_loss(loss, all) == value);
    }
}

TEST_CASE("gradients are the slopes of the losses") {
    constexpr std::size_t rows = 3, width = 5;
    const float h = 0x1p-10f;
    auto targets = random_values(rows * width, 1, 0.1f, 0.9f);
    for (const Loss loss : value_losses) {
        auto predictions = random_values(rows * width, 2, 0.1f, 0.9f);
        for (float& p : predictions)
            p = std::round(p * 1024.0f) / 1024.0f; // so that p + h is exact
        std::vector<float> diff(rows * width);
        timeloom::loss_and_gradient(loss, rows_of(predictions, targets, width), rows, diff.data(), width);
        for (std::size_t i = 0; i < predictions.size(); ++i) {
            CAPTURE(to_string(loss), i);
            const float p = predictions[i];
            predictions[i] = p + h;
            const double above = timeloom::evaluate_loss(loss, rows_of(predictions, targets, width));
            predictions[i] = p - h;
            const double below = timeloom::evaluate_loss(loss, rows_of(predictions, targets, width));
            predictions[i] = p;
            // Truncation is h^2 / 6 of a third derivative (at most 2 / 0.1^3 per value, over 3 rows), and the
            // float exponentials blur each loss by some epsilon.
            const double truncation = static_cast<double>(h) * h / 6.0 * 2000.0 / rows;
            CHECK(diff[i] == Approx((above - below) / (2.0 * h)).margin(truncation + 8.0 * epsilon / h));
        }
    }
}

TEST_CASE("parts of a batch add up, and strides are kept") {
    constexpr std::size_t rows = 7, width = 3, stride = 5;
    const auto wide = random_values(rows * stride, 3, 0.1f, 0.9f);
    const auto targets = random_values(rows * width, 4, 0.1f, 0.9f);
    for (const Loss loss : value_losses) {
        CAPTURE(to_string(loss));
        const PredictionRows all{wide.data(), stride, targets.data(), width, rows, width};
        std::vector<float> diff_all(rows * stride, 9.0f), diff_parts(rows * stride, 9.0f);
        const double whole = timeloom::loss_and_gradient(loss, all, rows, diff_all.data(), stride);
        double sum = 0.0;
        for (std::size_t row = 0; row < rows; ++row) {
            const PredictionRows one{
                wide.data() + row * stride, stride, targets.data() + row * width, width, 1, width};
            sum += timeloom::loss_and_gradient(loss, one, rows, diff_parts.data() + row * stride, stride);
        }
        CHECK(sum == Approx(whole).epsilon(1e-12));
        CHECK(diff_all == diff_parts);
        for (std::size_t row = 0; row < rows; ++row)
            CHECK(diff_all[row * stride + width] == 9.0f);
    }
    CHECK(timeloom::evaluate_loss(Loss::mean_squared_error, {nullptr, 0, nullptr, 0, 0, 1}) == 0.0);
}

TEST_CASE("softmax cross-entropy on every instruction set and width") {
    for (const timeloom::detail::SoftmaxTable* table : timeloom::detail::runnable_softmax_tables())
        for (std::size_t width = 1; width <= 70; ++width) {
            CAPTURE(table->instruction_set, width);
            const auto z = random_values(width, 5, -20.0f, 20.0f);
            const auto y = random_values(width, 6, 0.0f, 1.0f);
            std::vector<float> diff(width + 1, 9.0f);
            const double loss = table->softmax_crossentropy(width, z.data(), y.data(), 0.5f, diff.data());
            CHECK(diff[width] == 9.0f);

            double total = 0.0, targets = 0.0, expected = 0.0, magnitude = 0.0;
            for (const double logit : z)
                total += std::exp(logit - 20.0);
            for (std::size_t i = 0; i < width; ++i) {
                const double log_share = z[i] - 20.0 - std::log(total);
                expected -= y[i] * log_share;
                magnitude += y[i] * 40.0;
                targets += y[i];
            }
            // exp is good to 2 epsilon; each lane then adds at most width values of at most 40.
            const double roundings = static_cast<double>(width) + 8.0;
            CHECK(std::abs(loss - expected) <= roundings * epsilon * magnitude);
            CHECK(table->softmax_crossentropy(width, z.data(), y.data(), 0.5f, nullptr) == loss);
            const std::size_t label = width * 2 / 3;
            std::vector<float> sparse_diff(width + 1, 9.0f);
            const double sparse =
                table->sparse_softmax_crossentropy(width, z.data(), label, 0.5f, sparse_diff.data());
            CHECK(table->sparse_softmax_crossentropy(width, z.data(), label, 0.5f, nullptr) == sparse);
            CHECK(sparse_diff[width] == 9.0f);
            CHECK(std::abs(sparse - (20.0 + std::log(total) - z[label])) <= roundings * epsilon * 40.0);
            for (std::size_t i = 0; i < width; ++i) {
                const double share = std::exp(z[i] - 20.0) / total;
                CHECK(std::abs(sparse_diff[i] - 0.5 * (share - (i == label ? 1.0 : 0.0))) <=
                      roundings * epsilon);
                CHECK(std::abs(diff[i] - 0.5 * (share * targets - y[i])) <=
                      roundings * epsilon * (targets + 1.0));
            }
        }
}

TEST_CASE("a prediction that is not a number makes the loss not a number") {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    for (const Loss loss : value_losses)
        for (const std::size_t at : {0, 1, 2}) {
            CAPTURE(to_string(loss), at);
            std::vector<float> predictions{0.2f, 0.3f, 0.5f};
            predictions[at] = nan;
            CHECK(std::isnan(timeloom::evaluate_loss(loss, rows_of(predictions, {1, 0, 0}, 3))));
            for (const Loss sparse : sparse_losses)
                CHECK(std::isnan(timeloom::evaluate_loss(sparse, rows_of(predictions, {1}, 3))));
        }
}
