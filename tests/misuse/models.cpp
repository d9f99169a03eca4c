// Models: what they read, and how they are made.
#include "models.hpp"
#include "misuse.hpp"

#include <cmath>

namespace timeloom::tests {

namespace {

constexpr std::size_t half = huge_size / 2 + 1;
constexpr float nan = static_cast<float>(not_a_number), inf = static_cast<float>(infinity);

const Tensor x = random_tensor({4, 6, 2}, 1);
const Tensor y = random_tensor({4, 1}, 2);

/// The same bad input for all that reads some.
void refuse_everywhere(Model& model, const std::string& what, const std::string& part, const Inputs& inputs,
                       const Tensor& targets) {
    refuses("predict: " + what, part, [&] { model.predict(inputs); });
    refuses("evaluate: " + what, part, [&] { model.evaluate(inputs, targets); });
    refuses("gradients: " + what, part, [&] { model.gradients(inputs, targets); });
    refuses("fit: " + what, part, [&] { model.fit(inputs, targets, {}); });
    FitOptions options;
    options.validation_data = ValidationData(inputs, targets);
    const Tensor good_x = random_tensor({4, 6, 2}, 1);
    const TokenMatrix good_tokens{4, 6, std::vector<std::int32_t>(24, 1)};
    const bool reads_tokens = model.weight_names()[0] == "embedding/embeddings";
    const Tensor good_y(reads_tokens ? Shape{4, 6, 1} : Shape{4, 1});
    refuses("validation: " + what, part,
            [&] { model.fit(reads_tokens ? Inputs(good_tokens) : Inputs(good_x), good_y, options); });
}

} // namespace

TEST_CASE("vectors that a model does not read") {
    Model model = regression();
    for (const Shape& shape : {Shape{}, Shape{4}, Shape{4, 6}, Shape{4, 12}, Shape{4, 2, 6}, Shape{4, 5, 2},
                               Shape{4, 7, 2}, Shape{4, 6, 1}, Shape{4, 6, 3}, Shape{4, 6, 2, 1},
                               Shape{1, 4, 6, 2}, Shape{4, 0, 2}, Shape{0, 6, 0}}) {
        const Tensor bad(shape);
        refuse_everywhere(model, to_string(shape), "has shape " + to_string(shape), bad, y);
    }
    for (const float value : {nan, inf, -inf})
        for (const std::size_t at : {std::size_t{0}, std::size_t{13}, std::size_t{47}}) {
            Tensor bad = x;
            bad.data()[at] = value;
            refuse_everywhere(model, "a value of " + std::to_string(value),
                              "not finite in sample " + std::to_string(at / 12), bad, y);
        }
    const TokenMatrix tokens{4, 6, std::vector<std::int32_t>(24)};
    refuse_everywhere(model, "tokens", "reads vectors", tokens, y);
    const std::vector<int> lengths(4, 6);
    refuse_everywhere(model, "lengths", "not declared as ragged", Input(x, lengths), y);
    refuse_everywhere(model, "two inputs", "1 inputs, but was given 2", {Input(x), Input(x)}, y);
    refuse_everywhere(model, "no inputs", "", Inputs{}, y);
    Tensor moved = x;
    const Tensor there = std::move(moved);
    refuse_everywhere(model, "a tensor moved from", "", moved, y);
    accepts("large values", [&] {
        Tensor large = x;
        large.fill(3e38f);
        model.predict(large);
    });
}

TEST_CASE("tokens that a model does not read") {
    Model model = labels();
    const Tensor targets({4, 6, 1});
    const auto refuse = [&](const char* what, const char* part, const TokenMatrix& tokens) {
        refuse_everywhere(model, what, part, tokens, targets);
    };
    refuse("too few steps", "reads 6 tokens", {4, 5, std::vector<std::int32_t>(20)});
    refuse("too many steps", "reads 6 tokens", {4, 7, std::vector<std::int32_t>(28)});
    refuse("no steps", "reads 6 tokens", {4, 0, {}});
    refuse("too few values", "holds 23 values", {4, 6, std::vector<std::int32_t>(23)});
    refuse("too many values", "holds 25 values", {4, 6, std::vector<std::int32_t>(25)});
    refuse("more rows than values", "holds 24 values", {5, 6, std::vector<std::int32_t>(24)});
    refuse("huge rows", "holds 0 values", {huge_size, 6, {}});
    refuse("rows whose product is nothing", "holds 0 values", {half, 6, {}});
    for (const std::int32_t bad :
         {-1, 9, 10, std::numeric_limits<std::int32_t>::max(), std::numeric_limits<std::int32_t>::min()}) {
        TokenMatrix tokens{4, 6, std::vector<std::int32_t>(24, 1)};
        tokens.values[17] = bad;
        refuse("a token beyond the vocabulary", "in sample 2", tokens);
    }
    refuse_everywhere(model, "vectors", "reads token ids", x, targets);
}

TEST_CASE("targets and weights that do not fit") {
    Model model = regression();
    const auto refuse = [&](const std::string& what, const std::string& part, const Tensor& targets,
                            const Tensor& weights) {
        refuses("evaluate: " + what, part, [&] { model.evaluate(x, targets, 2, weights); });
        refuses("gradients: " + what, part, [&] { model.gradients(x, targets, weights); });
        FitOptions options;
        options.sample_weight = weights;
        refuses("fit: " + what, part, [&] { model.fit(x, targets, options); });
        options.sample_weight = Tensor();
        options.validation_data = ValidationData(x, targets, weights);
        refuses("validation: " + what, part, [&] { model.fit(x, Tensor({4, 1}), options); });
    };
    for (const Shape& shape : {Shape{}, Shape{0}, Shape{3}, Shape{5}, Shape{3, 1}, Shape{4, 2}, Shape{1, 4},
                               Shape{4, 6, 1}, Shape{4, 0}})
        refuse("targets of " + to_string(shape), "targets has shape", Tensor(shape), Tensor());
    for (const float value : {nan, inf, -inf}) {
        Tensor bad = y;
        bad(2, 0) = value;
        refuse("a target of " + std::to_string(value), "sample 2", bad, Tensor());
    }
    for (const Shape& shape : {Shape{}, Shape{3}, Shape{5}, Shape{4, 6}, Shape{4, 2}, Shape{1, 4}})
        refuse("weights of " + to_string(shape), "sample_weight has shape", y, Tensor(shape));
    for (const float value : {nan, inf, -inf, -1.0f, -1e-30f}) {
        Tensor bad(Shape{4});
        bad(3) = value;
        refuse("a weight of " + std::to_string(value), "sample 3", y, bad);
    }
    for (const Loss loss : {Loss::binary_crossentropy, Loss::binary_crossentropy_from_logits}) {
        model.compile(SGD{}, loss);
        for (const float value : {-1.0f, 1.5f, -1e-6f, 99999.0f, nan})
            refuse("a target of " + std::to_string(value) + " under " + std::string(to_string(loss)),
                   "sample 0", Tensor(Shape{4}, std::vector<float>{value, 0, 0, 0}), Tensor());
    }
    model.compile(SGD{}, Loss::sparse_categorical_crossentropy);
    for (const float value : {-1.0f, 1.0f, 0.5f, 99999.0f, nan})
        refuse("the class " + std::to_string(value), "sample 1",
               Tensor(Shape{4}, std::vector<float>{0, value, 0, 0}), Tensor());
    accepts("weights of zero",
            [&] { CHECK(model.evaluate(x, Tensor(Shape{4}), 2, Tensor(Shape{4})).loss == 0); });
}

TEST_CASE("batches and rows of nothing") {
    Model model = regression();
    const Tensor no_x({0, 6, 2}), no_y({0, 1});
    refuses("predict in batches of 0", "batch_size", [&] { model.predict(x, 0); });
    refuses("evaluate in batches of 0", "batch_size", [&] { model.evaluate(x, y, 0); });
    refuses("evaluate nothing", "no samples", [&] { model.evaluate(no_x, no_y); });
    refuses("gradients of nothing", "no samples", [&] { model.gradients(no_x, no_y); });
    refuses("fit to nothing", "no samples", [&] { model.fit(no_x, no_y, {}); });
    accepts("predict nothing", [&] { CHECK(model.predict(no_x).shape() == Shape{0, 1}); });
    for (const std::size_t batch : {std::size_t{5}, half, huge_size}) {
        accepts("predict in batches of " + std::to_string(batch),
                [&] { CHECK(model.predict(x, batch).rows() == 4); });
        accepts("evaluate in batches of " + std::to_string(batch), [&] { model.evaluate(x, y, batch); });
    }
}

TEST_CASE("models that cannot be") {
    for (const std::size_t threads : {huge_size, half, std::size_t{1'000'000}})
        refuses("a model of " + std::to_string(threads) + " threads", "at most",
                [&] { Model(keras_regression_plan, {.threads = threads}); });
    refuses("no plan", "no layers", [] { Model(plan::Model{}); });
    refuses("a plan without kernels", "lacks a kernel", [] {
        plan::Model none = keras_regression_plan;
        none.kernels = {};
        Model(none).predict(x);
    });
    Model raw(keras_regression_plan, {.threads = 1});
    refuses("fit before compile", "compile()", [&] { raw.fit(x, y, {}); });
    refuses("evaluate before compile", "compile()", [&] { raw.evaluate(x, y); });
    refuses("gradients before compile", "compile()", [&] { raw.gradients(x, y); });
    refuses("its learning rate", "compile()", [&] { raw.learning_rate(); });
    refuses("setting it", "compile()", [&] { raw.set_learning_rate(0.1); });
    refuses("a checkpoint of it", "compile()", [&] { raw.save_checkpoint("/dev/null/no"); });
    refuses("loading one", "compile()", [&] { raw.load_checkpoint("/dev/null/no"); });
    accepts("predict before compile", [&] { raw.predict(x); });
    accepts("metrics before compile", [&] { CHECK(raw.metric_names() == std::vector<std::string>{"loss"}); });
    accepts("stopping what is not running", [&] { raw.stop_training(); });
    accepts("states of a model without", [&] { raw.reset_states(); });
    accepts("an empty call", [&] { raw.set_call({}); });
}

TEST_CASE("compiling with what does not fit") {
    Model model = regression();
    for (const std::string name : {"", "acc", "nothing", "sparse_categorical_accuracy", "val_mse"}) {
        refuses("the metric '" + name + "'", "metric",
                [&] { model.compile(SGD{}, Loss::mean_squared_error, {name}); });
        refuses("the weighted metric '" + name + "'", "metric",
                [&] { model.compile(SGD{}, Loss::mean_squared_error, {}, {name}); });
    }
    refuses("a loss that does not exist", "does not exist",
            [&] { model.compile(SGD{}, static_cast<Loss>(77)); });
    LossFunction loss = Loss::huber;
    for (const double delta : {0.0, -1.0, not_a_number, infinity}) {
        loss.delta = delta;
        refuses("a delta of " + std::to_string(delta), "delta", [&] { model.compile(SGD{}, loss); });
    }
    for (const double rate : {-1.0, not_a_number, infinity}) {
        refuses("a rate of " + std::to_string(rate), "learning_rate",
                [&] { model.compile(Adam{.learning_rate = rate}, Loss::mean_squared_error); });
        refuses("setting it to " + std::to_string(rate), "learning_rate",
                [&] { model.set_learning_rate(rate); });
    }
    accepts("one metric twice", [&] {
        model.compile(SGD{}, Loss::mean_squared_error, {"mae", "mae"}, {"mae", "mse"});
        CHECK(model.metric_names() ==
              std::vector<std::string>{"loss", "mae", "mae_1", "weighted_mae", "mse"});
        const Evaluation found = model.evaluate(x, y);
        CHECK(found.metric("mae") == found.metric("weighted_mae"));
        CHECK(found.metric("mse") == Approx(found.loss));
        refuses("a metric that was not measured", "no metric \"rmse\"", [&] { found.metric("rmse"); });
        refuses("a metric without a name", "no metric \"\"", [&] { found.metric(""); });
    });
    EpochResult result;
    accepts("a value of a validation that was not", [&] { CHECK(!result.value("val_loss")); });
    refuses("a value that is none", "no metric", [&] { result.value("accuracy"); });
    refuses("a value of nothing", "no metric", [&] { result.value(""); });
}

} // namespace timeloom::tests
