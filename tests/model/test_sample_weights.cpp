// Weights of samples, steps and classes, class numbers as targets, and clipping on several threads.
#include "../keras/keras_training_models.hpp"
#include "../support/training_data.hpp"
#include "keras_classification.timeloom.hpp"
#include "keras_regression.timeloom.hpp"
#include "model_test_models.hpp"
#include "tagger.timeloom.hpp"

#include "timeloom/runtime/error.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace timeloom;
using Catch::Matchers::Contains;

namespace {

Model make_tagger(const LossFunction& loss, const Optimizer& optimizer = SGD{}, std::size_t threads = 1) {
    Model model(tagger_plan, {.seed = 5, .threads = threads});
    model.compile(optimizer, loss, {"accuracy"});
    return model;
}

/// Numbers of the classes that one-hot rows name.
Tensor classes_of(const Tensor& one_hot) {
    Tensor classes(Shape{one_hot.shape()[0], one_hot.shape()[1]});
    for (std::size_t row = 0; row < one_hot.rows(); ++row) {
        const auto values = one_hot.row(row);
        classes.data()[row] = static_cast<float>(std::ranges::max_element(values) - values.begin());
    }
    return classes;
}

FitOptions without_shuffling(std::size_t batch_size = 16) {
    FitOptions options;
    options.batch_size = batch_size;
    options.shuffle = false;
    return options;
}

const Tensor x = random_tensor({40, 7, 3}, 1);
const Tensor y = random_tags(40, 2);

} // namespace

TEST_CASE("the loss of an evaluation is the weighted sum over the number of losses") {
    Model model = make_tagger(Loss::categorical_crossentropy);
    Tensor weights({40, 7}), sample_weights({40});
    double expected = 0;
    for (std::size_t i = 0; i < 40; ++i) {
        const Tensor one_x(Shape{1, 7, 3}, x.values().subspan(i * 21, 21));
        const Tensor one_y(Shape{1, 7, 4}, y.values().subspan(i * 28, 28));
        const float weight = static_cast<float>(i % 5) / 2;
        sample_weights.data()[i] = weight;
        for (std::size_t t = 0; t < 7; ++t)
            weights(i, t) = weight;
        expected += weight * model.evaluate(one_x, one_y).loss / 40;
    }
    const Evaluation by_sample = model.evaluate(x, y, 16, sample_weights);
    CHECK(by_sample.loss == Approx(expected).epsilon(1e-6));
    CHECK(model.evaluate(x, y, 16, weights).loss == by_sample.loss);
    CHECK(by_sample.metric("accuracy") == model.evaluate(x, y).metric("accuracy"));
    // A step without weight counts as a loss of nothing.
    Tensor first_step({40, 7});
    for (std::size_t i = 0; i < 40; ++i)
        first_step(i, 0) = 7;
    CHECK(model.evaluate(x, y, 16, first_step).loss > 0);
    weights.fill(1);
    CHECK(model.evaluate(x, y, 16, weights).loss == model.evaluate(x, y, 16).loss);
    weights.fill(0);
    CHECK(model.evaluate(x, y, 16, weights).loss == 0);
}

TEST_CASE("samples without weight do not train") {
    FitOptions options = without_shuffling(20);
    options.sample_weight = Tensor(Shape{40});
    for (std::size_t i = 0; i < 40; ++i)
        options.sample_weight.data()[i] = i % 20 < 10 ? 1.0f : 0.0f;
    Tensor other_y = y;
    for (std::size_t i = 0; i < 40; ++i)
        if (i % 20 >= 10)
            std::ranges::reverse(other_y.values().subspan(i * 28, 28));
    Model one = make_tagger(Loss::categorical_crossentropy),
          other = make_tagger(Loss::categorical_crossentropy);
    one.fit(x, y, options);
    other.fit(x, other_y, options);
    CHECK(all_weights(one) == all_weights(other));
    other.fit(x, other_y, without_shuffling(20));
    one.fit(x, y, without_shuffling(20));
    CHECK(all_weights(one) != all_weights(other));
}

TEST_CASE("weights of classes are weights of their samples") {
    TokenMatrix tokens{20, 5, std::vector<std::int32_t>(100)};
    Tensor labels({20, 1}), weights(Shape{20});
    for (std::size_t i = 0; i < 20; ++i) {
        tokens.values[i * 5] = static_cast<std::int32_t>(i % 11);
        labels.data()[i] = i % 3 == 0 ? 1.0f : 0.0f;
        weights.data()[i] = i % 3 == 0 ? 2.5f : 1.0f;
    }
    const auto trained = [&](const FitOptions& options) {
        Model model(keras_classification_plan, {.seed = 1, .threads = 2});
        model.compile(Adam{}, Loss::binary_crossentropy);
        model.fit(tokens, labels, options);
        return all_weights(model);
    };
    FitOptions by_class = without_shuffling(), by_sample = without_shuffling();
    by_class.class_weight = {{1, 2.5}};
    by_sample.sample_weight = weights;
    CHECK(trained(by_class) == trained(by_sample));
    by_class.sample_weight = weights;
    CHECK_THROWS_WITH(trained(by_class), Contains("together"));
}

TEST_CASE("class numbers train as one-hot rows do") {
    Model dense = make_tagger(Loss::categorical_crossentropy);
    Model sparse = make_tagger(Loss::sparse_categorical_crossentropy);
    const Tensor classes = classes_of(y);
    FitOptions options = without_shuffling();
    options.validation_data = ValidationData(x, y);
    const History of_dense = dense.fit(x, y, options);
    options.validation_data = ValidationData(x, classes);
    const History of_sparse = sparse.fit(x, classes, options);
    CHECK(of_sparse[0].training.loss == Approx(of_dense[0].training.loss).epsilon(1e-6));
    CHECK(of_sparse[0].validation->loss == Approx(of_dense[0].validation->loss).epsilon(1e-6));
    CHECK(of_sparse[0].training.metric("accuracy") == of_dense[0].training.metric("accuracy"));
    const auto a = all_weights(dense), b = all_weights(sparse);
    for (std::size_t i = 0; i < a.size(); ++i)
        CHECK(a[i] == Approx(b[i]).margin(1e-6));
}

TEST_CASE("bad targets and weights are named") {
    Model model = make_tagger(Loss::sparse_categorical_crossentropy);
    Tensor classes = classes_of(y);
    CHECK_THROWS_WITH(model.evaluate(x, y), Contains("targets") && Contains("(40, 7, 1)"));
    for (const float bad : {4.0f, -1.0f, 0.5f}) {
        classes(3, 2) = bad;
        CHECK_THROWS_WITH(model.evaluate(x, classes), Contains("is no class") && Contains("0 to 3"));
    }
    classes(3, 2) = 0;
    CHECK_THROWS_WITH(model.evaluate(x, classes, 16, Tensor(Shape{39})), Contains("sample_weight"));
    Tensor weights(Shape{40});
    for (const float bad : {-1.0f, std::numeric_limits<float>::quiet_NaN()}) {
        weights(3) = bad;
        CHECK_THROWS_WITH(model.evaluate(x, classes, 16, weights), Contains("sample_weight"));
    }
    FitOptions options;
    options.class_weight = {{1, -1.0}};
    CHECK_THROWS_WITH(model.fit(x, classes, options), Contains("class 1"));
    CHECK_THROWS_AS(model.compile(SGD{}, Loss::sparse_categorical_crossentropy, {"categorical_accuracy"}),
                    Error);
}

TEST_CASE("clipping bounds the step, with the same bits from run to run") {
    const Tensor series = random_tensor({64, 6, 2}, 3);
    const Tensor target = random_tensor({64, 1}, 4);
    const auto step = [&](const SGD& optimizer, std::size_t threads) {
        Model model(keras_regression_plan, {.seed = 7, .threads = threads});
        model.compile(optimizer, Loss::mean_squared_error);
        const std::vector<float> before = all_weights(model);
        FitOptions options = without_shuffling(64);
        model.fit(series, target, options);
        std::vector<float> change = all_weights(model);
        for (std::size_t i = 0; i < change.size(); ++i)
            change[i] -= before[i];
        return change;
    };
    const auto norm = [](const std::vector<float>& values) {
        double sum = 0;
        for (const float value : values)
            sum += static_cast<double>(value) * value;
        return std::sqrt(sum);
    };
    const SGD by_norm{.learning_rate = 1, .global_clipnorm = 0.01},
        by_value{.learning_rate = 1, .clipvalue = 0.001};
    CHECK(norm(step(SGD{.learning_rate = 1}, 2)) > 0.02);
    // The weights are near 1, so that a change is rounded by 2^-25 at most.
    CHECK(norm(step(by_norm, 2)) == Approx(0.01).epsilon(1e-3));
    for (const float change : step(by_value, 2))
        CHECK(std::abs(change) <= 0.001f + 0x1p-24f);
    CHECK(step(by_norm, 2) == step(by_norm, 2));
}
