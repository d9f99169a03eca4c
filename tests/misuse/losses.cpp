// Losses and metrics.
#include "misuse.hpp"

#include "timeloom/runtime/losses/losses.hpp"

#include <cmath>
#include <vector>

namespace timeloom::tests {

namespace {

constexpr float nan = static_cast<float>(not_a_number), inf = static_cast<float>(infinity);

constexpr Loss all_losses[] = {Loss::mean_squared_error,
                               Loss::mean_absolute_error,
                               Loss::huber,
                               Loss::binary_crossentropy,
                               Loss::binary_crossentropy_from_logits,
                               Loss::categorical_crossentropy,
                               Loss::categorical_crossentropy_from_logits,
                               Loss::sparse_categorical_crossentropy,
                               Loss::sparse_categorical_crossentropy_from_logits};
constexpr int metric_count = static_cast<int>(Metric::auc_from_logits) + 1;

} // namespace

TEST_CASE("losses over rows that are none") {
    const std::vector<float> p{0.25f, 0.75f, 0.5f, 0.5f}, y{0, 1, 1, 0};
    std::vector<float> diff(4, 9.0f);
    const PredictionRows good{p.data(), 2, y.data(), 2, 2, 2};
    for (const Loss loss : all_losses) {
        const std::string name(to_string(loss));
        PredictionRows rows = good;
        rows.target_stride = has_class_targets(loss) ? 1 : 2;
        rows.predictions = nullptr;
        refuses(name + " without predictions", "without memory", [&] { evaluate_loss(loss, rows); });
        rows = good;
        rows.targets = nullptr;
        refuses(name + " without targets", "without memory",
                [&] { loss_and_gradient(loss, rows, 2, diff.data(), 2); });
        rows = good;
        rows.rows = 0;
        accepts(name + " of no rows", [&] { CHECK(evaluate_loss(loss, rows) == 0); });
        rows = good;
        rows.width = 0;
        accepts(name + " of no values", [&] { CHECK(evaluate_loss(loss, rows) == 0); });
        accepts(name + " of a batch of nothing",
                [&] { CHECK(loss_and_gradient(loss, good, 0, diff.data(), 2) == 0); });
        // Rows of weight 0 are not read.
        const std::vector<float> nothing(2, 0.0f), bad(4, nan);
        rows = good;
        rows.weights = nothing.data();
        rows.targets = bad.data();
        accepts(name + " of rows without weight", [&] {
            CHECK(loss_and_gradient(loss, rows, 2, diff.data(), 2) == 0);
            CHECK(diff == std::vector<float>(4, 0.0f));
        });
    }
    for (const int number : {-1, 9, 1000}) {
        const auto loss = static_cast<Loss>(number);
        refuses("loss " + std::to_string(number), "does not exist", [&] { evaluate_loss(loss, good); });
        refuses("the name of loss " + std::to_string(number), "does not exist", [&] { to_string(loss); });
    }
}

TEST_CASE("targets that are no classes") {
    const std::vector<float> p{0.25f, 0.75f};
    for (const Loss loss :
         {Loss::sparse_categorical_crossentropy, Loss::sparse_categorical_crossentropy_from_logits})
        for (const float label : {-1.0f, -0.5f, 2.0f, 99999.0f, 3e38f, -3e38f, nan, inf, -inf}) {
            const PredictionRows rows{p.data(), 2, &label, 1, 1, 2};
            refuses("the class " + std::to_string(label), "is no class", [&] { evaluate_loss(loss, rows); });
            accepts("the accuracy of class " + std::to_string(label),
                    [&] { CHECK(measure(Metric::sparse_categorical_accuracy, rows).value() == 0); });
        }
}

TEST_CASE("deltas of huber that are none") {
    const float p = 1, y = 3;
    const PredictionRows rows{&p, 1, &y, 1, 1, 1};
    for (const double delta : {0.0, -1.0, -1e300, not_a_number, infinity, -infinity}) {
        refuses("delta " + std::to_string(delta), "delta", [&] { LossFunction(Huber{delta}); });
        LossFunction later = Loss::huber;
        later.delta = delta;
        refuses("delta set to " + std::to_string(delta), "delta", [&] { evaluate_loss(later, rows); });
    }
    for (const double delta : {1e-300, 1e300})
        accepts("delta " + std::to_string(delta),
                [&] { CHECK(std::isfinite(evaluate_loss(Huber{delta}, rows))); });
}

TEST_CASE("metrics over rows that are none") {
    const std::vector<float> p{0.25f, 0.75f, 0.5f, 0.5f}, y{0, 1, 1, 0};
    const PredictionRows good{p.data(), 2, y.data(), 2, 2, 2};
    for (int number = 0; number < metric_count; ++number) {
        const auto metric = static_cast<Metric>(number);
        const std::string name(to_string(metric));
        PredictionRows rows = good;
        rows.predictions = nullptr;
        refuses(name + " without predictions", "without memory", [&] { measure(metric, rows); });
        rows = good;
        rows.targets = nullptr;
        refuses(name + " without targets", "without memory", [&] { measure(metric, rows); });
        rows = good;
        rows.rows = 0;
        accepts(name + " of no rows", [&] { CHECK(value_of(metric, measure(metric, rows)) == 0); });
        rows = good;
        rows.width = 0;
        accepts(name + " of no values", [&] { CHECK(value_of(metric, measure(metric, rows)) == 0); });
        accepts(name + " of nothing", [&] { CHECK(value_of(metric, {}) == 0); });
        const std::vector<float> nothing(2, 0.0f), bad(4, nan);
        rows = good;
        rows.weights = nothing.data();
        rows.targets = rows.predictions = bad.data();
        accepts(name + " of rows without weight",
                [&] { CHECK(value_of(metric, measure(metric, rows)) == 0); });
        // Predictions of any kind are counted somewhere.
        for (const float value : {nan, inf, -inf, 3e38f, -3e38f}) {
            const std::vector<float> odd(4, value);
            rows = good;
            rows.predictions = odd.data();
            ending(name + " of " + std::to_string(value), [&] { value_of(metric, measure(metric, rows)); });
        }
    }
    for (const int number : {-1, metric_count, 1000}) {
        const auto metric = static_cast<Metric>(number);
        refuses("metric " + std::to_string(number), "does not exist", [&] { measure(metric, good); });
        refuses("the name of metric " + std::to_string(number), "does not exist", [&] { to_string(metric); });
    }
}

TEST_CASE("names that nothing has") {
    for (const char* const name : {"", " ", "mes", "Accuracy", "accuracy ", "mse,mae", "loss", "val_loss",
                                   "f1", "\n", "тест", "binary_accuracy_from_logit", "0"}) {
        refuses(std::string("the metric '") + name + "'", "choose one of",
                [&] { metric_from_string(name, Loss::binary_crossentropy); });
        refuses(std::string("the loss '") + name + "'", "choose one of", [&] { loss_from_string(name); });
    }
    const std::string long_name(100'000, 'a');
    refuses("a long name", "choose one of", [&] { loss_from_string(long_name); });
    for (const Loss loss : {Loss::mean_squared_error, Loss::mean_absolute_error, Loss::huber})
        for (const char* const name : {"acc", "accuracy"})
            refuses("accuracy under " + std::string(to_string(loss)), "does not fit",
                    [&] { metric_from_string(name, loss); });
    for (const Loss loss :
         {Loss::sparse_categorical_crossentropy, Loss::sparse_categorical_crossentropy_from_logits})
        for (const char* const name :
             {"mse", "mae", "rmse", "auc", "precision", "recall", "binary_accuracy", "categorical_accuracy"})
            refuses(std::string(name) + " of numbers of classes", "cannot read the targets",
                    [&] { metric_from_string(name, loss); });
    refuses("sparse accuracy of one-hot rows", "cannot read the targets",
            [] { metric_from_string("sparse_categorical_accuracy", Loss::categorical_crossentropy); });
}

} // namespace timeloom::tests
