// Many rows go through layers in groups, and many time steps in pieces: each row gets what it gets among few
// rows, and each step what it gets at once.
#include "../support/training_data.hpp"
#include "gated.timeloom.hpp"
#include "many_words.timeloom.hpp"
#include "model_test_models.hpp"
#include "ongoing.timeloom.hpp"
#include "remembering.timeloom.hpp"
#include "tagger.timeloom.hpp"
#include "wide.timeloom.hpp"

#include "timeloom/runtime/pass/rows_together.hpp"
#include "timeloom/runtime/plan/over_time.hpp"
#include "timeloom/runtime/streams/stream.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace timeloom;
using namespace timeloom::detail;

namespace {

constexpr std::size_t many = 18000, few = 60; // many rows make several groups, few only one
constexpr int long_time = 5000;               // several pieces, even for the fewest rows of a group

/// The model with so many time steps: kernels serve any number of them.
plan::OverTime over_long_time(const plan::Model& plan) { return plan::OverTime(plan, long_time); }

std::vector<float> values_of(const Tensor& t) { return {t.values().begin(), t.values().end()}; }

TokenMatrix random_words(std::size_t rows, std::size_t timesteps) {
    TokenMatrix words{rows, timesteps, std::vector<std::int32_t>(timesteps * rows)};
    Random random(5);
    for (std::int32_t& word : words.values)
        word = static_cast<std::int32_t>(random.below(150));
    return words;
}

void check_batches(Model& model, const Inputs& x) {
    const std::vector<float> together = values_of(model.predict(x, many));
    const std::vector<float> apart = values_of(model.predict(x, few));
    REQUIRE(together.size() == apart.size());
    CHECK(std::ranges::count(apart, 0.0f) < 10); // every row is computed
    for (std::size_t i = 0; i < apart.size(); ++i)
        REQUIRE(together[i] == apart[i]);
}

/// Gradients with the layers as they are declared, and called by a program, which runs each over all its
/// time. Words' are sums in another order.
void check_gradients(Model& model, const Inputs& x, const Tensor& y, CallFunction call) {
    model.compile(SGD{}, Loss::mean_squared_error);
    const Gradients declared = model.gradients(x, y);
    model.set_call(std::move(call));
    const Gradients called = model.gradients(x, y);
    CHECK(declared.loss == Approx(called.loss).epsilon(x[0].is_tokens() ? 1e-6 : 0));
    for (const auto& [name, gradient] : called.weights) {
        CAPTURE(name);
        if (!x[0].is_tokens()) {
            CHECK(values_of(declared.weights.at(name)) == values_of(gradient));
            continue;
        }
        for (std::size_t i = 0; i < gradient.size(); ++i) {
            REQUIRE(declared.weights.at(name).data()[i] ==
                    Approx(gradient.data()[i]).epsilon(2e-4).margin(1e-7));
        }
    }
}

Tensor part_of(const Tensor& all, std::size_t first, std::size_t rows) {
    const std::size_t width = all.size() / all.shape()[0];
    std::vector<std::size_t> extents(all.shape().begin(), all.shape().end());
    extents[0] = rows;
    Tensor part{Shape(std::span<const std::size_t>(extents))};
    std::ranges::copy(all.values().subspan(first * width, rows * width), part.data());
    return part;
}

TokenMatrix part_of(const TokenMatrix& all, std::size_t first, std::size_t rows) {
    const auto begin = all.values.begin() + static_cast<std::ptrdiff_t>(first * all.columns);
    return {rows, all.columns, {begin, begin + static_cast<std::ptrdiff_t>(rows * all.columns)}};
}

/// The gradients of a batch are the means of those of its parts, each of which is one group of rows.
template <class X>
void check_gradients_of_parts(Model& model, const X& x, const Tensor& y, const Tensor& weights) {
    model.compile(SGD{}, Loss::mean_squared_error, {"mean_absolute_error"});
    const Gradients whole = model.gradients(x, y, weights);
    std::map<std::string, std::vector<double>> sums;
    double loss = 0, error = 0;
    for (std::size_t first = 0; first < many; first += few) {
        const X part = part_of(x, first, few);
        const Tensor y_part = part_of(y, first, few), weights_part = part_of(weights, first, few);
        const Gradients gradients = model.gradients(part, y_part, weights_part);
        const Evaluation evaluation = model.evaluate(part, y_part, few, weights_part);
        loss += gradients.loss * few / many;
        error += evaluation.metrics[0].second * few / many;
        for (const auto& [name, gradient] : gradients.weights) {
            sums[name].resize(gradient.size());
            for (std::size_t i = 0; i < gradient.size(); ++i) {
                sums[name][i] += static_cast<double>(gradient.data()[i]) * few / many;
            }
        }
    }
    CHECK(whole.loss == Approx(loss).epsilon(1e-6));
    const Evaluation evaluation = model.evaluate(x, y, many, weights);
    CHECK(evaluation.loss == Approx(loss).epsilon(1e-6));
    CHECK(evaluation.metrics[0].second == Approx(error).epsilon(1e-6));
    for (const auto& [name, gradient] : whole.weights) {
        CAPTURE(name);
        for (std::size_t i = 0; i < gradient.size(); ++i) {
            REQUIRE(gradient.data()[i] == Approx(sums.at(name)[i]).epsilon(2e-4).margin(1e-7));
        }
    }
}

} // namespace

TEST_CASE("many rows make several groups of whole tiles, few one") {
    for (const bool training : {false, true}) {
        for (const plan::Model& plan : {tagger_plan, gated_plan, many_words_plan}) {
            const int rows = rows_together(plan, training);
            CHECK(rows % plan.tuning.row_tile == 0);
            CHECK(rows >= static_cast<int>(few));
            CHECK(rows < static_cast<int>(many));
        }
        CHECK(rows_together(over_long_time(gated_plan).model(), training) == gated_plan.tuning.row_tile);
        CHECK(rows_together(wide_plan, training) > 1'000'000);
    }
}

TEST_CASE("the gradients of many rows are those of their groups") {
    const Tensor y = random_tensor({many, 1}, 4);
    Tensor weights = random_tensor({many}, 5);
    std::ranges::transform(weights.values(), weights.data(), [](float w) { return w * w; });
    for (const std::size_t threads : {1, 2}) {
        Model gated(gated_plan, {.seed = 1, .threads = threads});
        check_gradients_of_parts(gated, random_tensor({many, 5, 2}, 3), y, weights);
        Model words(many_words_plan, {.seed = 1, .threads = threads});
        check_gradients_of_parts(words, random_words(many, 3), y, weights);
    }
}

TEST_CASE("gradients that are watched are those of each row") {
    Model model(gated_plan, {.seed = 1, .threads = 2});
    model.compile(SGD{}, Loss::mean_squared_error);
    model.set_call([](Call& call) {
        call.watch("input", call.input());
        return call.layer("dense", call.layer("gated_output", call.input()));
    });
    const Tensor x = random_tensor({many, 5, 2}, 3), y = random_tensor({many, 1}, 4);
    const Tensor whole = model.gradients(x, y).watched.at("input");
    for (std::size_t first = 0; first < many; first += few) {
        const Tensor part =
            model.gradients(part_of(x, first, few), part_of(y, first, few)).watched.at("input");
        for (std::size_t i = 0; i < part.size(); ++i) {
            REQUIRE(whole.data()[first * 10 + i] * many ==
                    Approx(part.data()[i] * few).epsilon(1e-4).margin(1e-7));
        }
    }
}

TEST_CASE("many rows are predicted as few are") {
    for (const std::size_t threads : {1, 2}) {
        Model tagger(tagger_plan, {.seed = 1, .threads = threads});
        const Tensor x = random_tensor({many, 7, 3}, 2);
        check_batches(tagger, x);
        Model gated(gated_plan, {.seed = 1, .threads = threads});
        const Tensor x_gated = random_tensor({many, 5, 2}, 3);
        check_batches(gated, x_gated);
        Model words(many_words_plan, {.seed = 1, .threads = threads});
        const TokenMatrix tokens = random_words(many, 3);
        check_batches(words, tokens);
        Model wide(wide_plan, {.seed = 1, .threads = threads});
        const Tensor x_wide = random_tensor({many, 3, 2}, 6);
        check_batches(wide, x_wide);
    }
}

TEST_CASE("states kept from batch to batch are those of each row") {
    const Tensor x = random_tensor({many, 7, 3}, 4);
    Tensor first_rows(Shape{few, 7, 3});
    std::ranges::copy(x.values().first(first_rows.size()), first_rows.data());
    Model model(ongoing_plan, {.seed = 1, .threads = 1});
    model.predict(first_rows);
    const std::vector<float> of_few = values_of(model.predict(first_rows));
    model.reset_states();
    model.predict(x, many);
    const std::vector<float> of_many = values_of(model.predict(x, many));
    for (std::size_t i = 0; i < of_few.size(); ++i)
        REQUIRE(of_many[i] == of_few[i]);
}

TEST_CASE("layers in pieces of time predict what a stream does step by step") {
    const plan::OverTime model_over_time = over_long_time(tagger_plan);
    Model model(model_over_time.model(), {.seed = 1, .threads = 1});
    const Tensor x = random_tensor({12, long_time, 3}, 2);
    const Tensor predicted = model.predict(x);
    Stream stream(model);
    for (std::size_t row : {0, 11}) {
        stream.reset_states();
        for (std::size_t t = 0; t < long_time; ++t) {
            const std::size_t step = row * long_time + t;
            const std::span<const float> output = stream.step(x.values().subspan(3 * step, 3));
            for (std::size_t u = 0; u < output.size(); ++u) {
                REQUIRE(predicted.data()[4 * step + u] == Approx(output[u]).margin(1e-6));
            }
        }
    }
}

TEST_CASE("states kept from batch to batch are those after the last piece") {
    const plan::OverTime model_over_time = over_long_time(remembering_plan);
    Model model(model_over_time.model(), {.seed = 1, .threads = 1});
    const Tensor x = random_tensor({12, long_time, 3}, 2);
    model.predict(x);
    const Tensor second = model.predict(x);
    Stream stream(model);
    for (std::size_t t = 0; t < 2 * long_time; ++t) {
        const std::size_t step = 11 * long_time + t % long_time;
        const std::span<const float> output = stream.step(x.values().subspan(3 * step, 3));
        for (std::size_t u = 0; t >= long_time && u < output.size(); ++u) {
            REQUIRE(second.data()[2 * step + u] == Approx(output[u]).margin(1e-6));
        }
    }
}

TEST_CASE("layers in pieces of time have the gradients that they have at once") {
    const Tensor y = random_tensor({20, 1}, 4);
    const plan::OverTime gated_over_time = over_long_time(gated_plan);
    Model gated(gated_over_time.model(), {.seed = 1, .threads = 1});
    check_gradients(gated, random_tensor({20, long_time, 2}, 3), y,
                    [](Call& call) { return call.layer("dense", call.layer("gated_output", call.input())); });
    const plan::OverTime words_over_time = over_long_time(many_words_plan);
    Model words(words_over_time.model(), {.seed = 1, .threads = 1});
    check_gradients(words, random_words(20, long_time), y, [](Call& call) {
        return call.layer("dense", call.layer("lstm", call.layer("embedding", call.input())));
    });
}
