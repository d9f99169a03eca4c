// Metrics, names, and targets that are numbers of classes.
#include "../support/golden_file.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/losses/losses.hpp"
#include "timeloom/runtime/simd/random.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <vector>

using nlohmann::json;
using timeloom::Loss;
using timeloom::Metric;
using timeloom::PredictionRows;

namespace {

constexpr double epsilon = std::numeric_limits<float>::epsilon();

/// The vectors must outlive the result: temporaries only within one expression.
PredictionRows rows_of(const std::vector<float>& predictions, const std::vector<float>& targets,
                       std::size_t width) {
    return {predictions.data(), width, targets.data(), width, predictions.size() / width, width};
}

std::vector<float> random_values(std::size_t count, std::uint64_t stream, float low, float high) {
    timeloom::Random random(41, stream);
    std::vector<float> values(count);
    for (float& value : values)
        value = random.uniform(low, high);
    return values;
}

} // namespace

TEST_CASE("sparse losses are those of one-hot targets") {
    constexpr std::size_t rows = 4, width = 19;
    const auto logits = random_values(rows * width, 7, -4.0f, 4.0f);
    auto shares = random_values(rows * width, 8, 0.1f, 0.9f);
    for (std::size_t row = 0; row < rows; ++row) {
        float total = 0.0f;
        for (std::size_t i = 0; i < width; ++i)
            total += shares[row * width + i];
        for (std::size_t i = 0; i < width; ++i)
            shares[row * width + i] /= total;
    }
    const std::vector<float> classes{0, 18, 7, 16}, weights{1.0f, 0.5f, 0.0f, 3.0f};
    std::vector<float> one_hot(rows * width);
    for (std::size_t row = 0; row < rows; ++row)
        one_hot[row * width + static_cast<std::size_t>(classes[row])] = 1.0f;
    for (const bool from_logits : {false, true}) {
        CAPTURE(from_logits);
        PredictionRows dense = rows_of(from_logits ? logits : shares, one_hot, width);
        PredictionRows sparse = dense;
        sparse.targets = classes.data();
        sparse.target_stride = 1;
        dense.weights = sparse.weights = weights.data();
        std::vector<float> dense_diff(rows * width), sparse_diff(rows * width, 9.0f);
        const Loss kind =
            from_logits ? Loss::categorical_crossentropy_from_logits : Loss::categorical_crossentropy;
        const double expected = timeloom::loss_and_gradient(kind, dense, rows, dense_diff.data(), width);
        const double found =
            timeloom::loss_and_gradient(from_logits ? Loss::sparse_categorical_crossentropy_from_logits
                                                    : Loss::sparse_categorical_crossentropy,
                                        sparse, rows, sparse_diff.data(), width);
        // Shares that add up to 1 but for rounding make both ways of normalising the same.
        CHECK(found == Approx(expected).epsilon(8.0 * width * epsilon));
        for (std::size_t i = 0; i < dense_diff.size(); ++i)
            CHECK(sparse_diff[i] == Approx(dense_diff[i]).epsilon(1e-5).margin(8.0 * epsilon));
    }
}

TEST_CASE("metrics") {
    const std::vector<float> predictions{0.4f, 0.6f, 0.5f, 0.9f}, targets{0, 1, 1, 0};
    CHECK(measure(Metric::binary_accuracy, rows_of(predictions, targets, 1)).value() == 0.5);
    CHECK(measure(Metric::binary_accuracy_from_logits, rows_of({-1, 2, 0, 3}, targets, 1)).value() == 0.5);
    CHECK(measure(Metric::mean_absolute_error, rows_of({1, 2, 4, 8}, targets, 2)).value() ==
          Approx(13.0 / 4.0));
    CHECK(measure(Metric::mean_squared_error, rows_of({1, 2, 4, 8}, targets, 2)).value() ==
          Approx(75.0 / 4.0));
    // The second row's largest prediction is a tie, of which the first counts.
    timeloom::MetricTotal total = measure(
        Metric::categorical_accuracy, rows_of({0.1f, 0.9f, 0.5f, 0.5f, 0.3f, 0.7f}, {0, 1, 1, 0, 1, 0}, 2));
    CHECK(total.value() == Approx(2.0 / 3.0));
    const std::vector<float> shares{0.1f, 0.9f, 0.5f, 0.5f, 0.3f, 0.7f}, classes{1, 1, 0};
    CHECK(measure(Metric::sparse_categorical_accuracy, {shares.data(), 2, classes.data(), 1, 3, 2}).value() ==
          Approx(1.0 / 3.0));
    total += timeloom::MetricTotal{3.0, 3.0};
    CHECK(total.value() == Approx(5.0 / 6.0));
    CHECK(timeloom::MetricTotal{}.value() == 0.0);
}

TEST_CASE("metrics are Keras's") {
    const json golden = timeloom::golden::read("keras_metrics.json");
    REQUIRE(golden.at("metrics").size() > 30);
    for (const json& test_case : golden.at("metrics")) {
        CAPTURE(test_case.at("name").get<std::string>());
        auto name = test_case.at("metric").get<std::string>();
        const auto metric = timeloom::metric_from_string(name, Loss::mean_squared_error);
        const auto p = timeloom::golden::values<float>(test_case.at("prediction"));
        const auto y = timeloom::golden::values<float>(test_case.at("target"));
        const std::size_t width = test_case.at("prediction").at("shape")[1];
        PredictionRows rows = rows_of(p, y, width);
        std::vector<float> weights;
        if (test_case.contains("sample_weight")) {
            weights = timeloom::golden::values<float>(test_case.at("sample_weight"));
            rows.weights = weights.data();
        }
        const double expected = test_case.at("value");
        CHECK(value_of(metric, measure(metric, rows)) == Approx(expected).epsilon(1e-6));
        // In two parts, as threads count them.
        timeloom::MetricTotal total;
        PredictionRows first = rows, second = rows;
        first.rows = rows.rows / 3;
        second.rows -= first.rows;
        second.predictions += first.rows * width;
        second.targets += first.rows * width;
        if (rows.weights != nullptr)
            second.weights += first.rows;
        total += measure(metric, first);
        total += measure(metric, second);
        CHECK(value_of(metric, total) == Approx(expected).epsilon(1e-6));
        total.reset();
        measure(metric, rows, total);
        CHECK(value_of(metric, total) == Approx(expected).epsilon(1e-6));
    }
}

TEST_CASE("auc from logits is that of their sigmoids") {
    const auto logits = random_values(64, 11, -6.0f, 6.0f);
    std::vector<float> shares, labels;
    for (const float z : logits) {
        shares.push_back(1.0f / (1.0f + std::exp(-z)));
        labels.push_back(z + static_cast<float>(labels.size() % 5) > 1 ? 1.0f : 0.0f);
    }
    const auto of_logits = measure(Metric::auc_from_logits, rows_of(logits, labels, 1));
    CHECK(value_of(Metric::auc, of_logits) ==
          value_of(Metric::auc, measure(Metric::auc, rows_of(shares, labels, 1))));
}

TEST_CASE("names") {
    for (int number = 0; number <= static_cast<int>(Loss::sparse_categorical_crossentropy_from_logits);
         ++number)
        CHECK(timeloom::loss_from_string(to_string(static_cast<Loss>(number))) == static_cast<Loss>(number));
    CHECK_THROWS_WITH(timeloom::loss_from_string("mes"), Catch::Contains("mean_squared_error"));
    CHECK(timeloom::loss_from_string("mse") == Loss::mean_squared_error);
    CHECK(timeloom::metric_from_string("accuracy", Loss::binary_crossentropy) == Metric::binary_accuracy);
    CHECK(timeloom::metric_from_string("accuracy", Loss::categorical_crossentropy_from_logits) ==
          Metric::categorical_accuracy);
    CHECK_THROWS_WITH(timeloom::metric_from_string("accuracy", Loss::mean_squared_error),
                      Catch::Contains("mean_absolute_error"));
    CHECK(timeloom::metric_from_string("accuracy", Loss::sparse_categorical_crossentropy) ==
          Metric::sparse_categorical_accuracy);
    CHECK_THROWS_WITH(
        timeloom::metric_from_string("mean_squared_error", Loss::sparse_categorical_crossentropy),
        Catch::Contains("cannot read the targets"));
    CHECK_THROWS_WITH(timeloom::LossFunction(timeloom::Huber{0.0}), Catch::Contains("delta"));
    CHECK_THROWS_WITH(timeloom::metric_from_string("aux", Loss::binary_crossentropy),
                      Catch::Contains("rmse"));
    const auto metric = [](const char* name) {
        return timeloom::metric_from_string(name, Loss::binary_crossentropy_from_logits);
    };
    CHECK(metric("acc") == Metric::binary_accuracy_from_logits);
    CHECK(metric("mse") == Metric::mean_squared_error);
    CHECK(metric("MAE") == Metric::mean_absolute_error);
    CHECK(metric("mape") == Metric::mean_absolute_percentage_error);
    CHECK(metric("msle") == Metric::mean_squared_logarithmic_error);
    CHECK(metric("rmse") == Metric::root_mean_squared_error);
    CHECK(metric("AUC") == Metric::auc_from_logits);
    CHECK(metric("precision") == Metric::precision_from_logits);
    CHECK(metric("recall") == Metric::recall_from_logits);
    CHECK(metric("categorical_accuracy") == Metric::categorical_accuracy);
    CHECK_THROWS_WITH(to_string(static_cast<Metric>(99)), Catch::Contains("99"));
    CHECK_THROWS_WITH(to_string(static_cast<Loss>(99)), Catch::Contains("99"));
}
