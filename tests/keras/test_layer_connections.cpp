// Layers made of others and shared ones in calls of one's own, in streams, in summaries and in training, and
// sequences of one step wherever they are handed out.
#include "../support/training_data.hpp"
#include "connection_models.hpp"

#include "timeloom/runtime/streams/stream.hpp"

#include <functional>

using namespace timeloom;
using namespace timeloom::tests;
using Catch::Matchers::Contains;
using golden::check_values;
using golden::tolerance;

TEST_CASE("a sequence of one step keeps its axis of time wherever it is handed out") {
    const network declared = networks_of_steps().at("one_step");
    Model model(plan_of(declared, 6), {.threads = 1});
    const Tensor x = random_tensor({6, 1, 2}, 1), y = random_tensor({6, 1, 2}, 2);
    CHECK(model.predict(x).shape() == Shape{6, 1, 2});
    CHECK(model.summary().find("(None, 1, 2)") != std::string::npos);
    model.compile(SGD{}, Loss::mean_squared_error);
    CHECK_THROWS_WITH(model.evaluate(x, random_tensor({6, 2}, 2)), Contains("(6, 1, 2)"));
    const double loss = model.evaluate(x, y).loss;
    for (const Shape& shape : {Shape{6}, Shape{6, 1}, Shape{6, 1, 1}}) {
        Tensor twice(shape);
        twice.fill(2);
        CHECK(model.evaluate(x, y, 6, twice).loss == Approx(2 * loss));
    }
    model.set_call([](Call& call) {
        const CallValue h = call.layer("lstm", call.input());
        const CallValue last = call.step(h, 0);
        call.watch("x", call.input());
        call.watch("h", h);
        call.watch("last", last);
        return call.stack({call.layer("dense", last)});
    });
    const Gradients gradients = model.gradients(x, y);
    CHECK(gradients.watched.at("x").shape() == Shape{6, 1, 2});
    CHECK(gradients.watched.at("h").shape() == Shape{6, 1, 3});
    CHECK(gradients.watched.at("last").shape() == Shape{6, 3});
}

TEST_CASE("layers made of others are called as a whole in a loop of one's own") {
    const network declared = networks_of_states().at("bidirectional_states");
    Model model(plan_of(declared, 4), {.threads = 1});
    model.set_call([](Call& call) {
        const CallValue encoded = call.layer("encoder", call.input(0));
        const CallValue h = call.join("h", {call.layer("fh", encoded), call.layer("bh", encoded)});
        const CallValue c = call.join("c", {call.layer("fc", encoded), call.layer("bc", encoded)});
        CHECK(call.values(h, 0).size() == 6);
        CHECK(std::ranges::equal(call.values(encoded, 3), call.values(h, 3)));
        CHECK(call.values(c, 3)[0] != 0);
        return call.layer("y", call.layer("decoder", call.input(1)));
    });
    model.predict({random_tensor({4, 4, 2}, 1), random_tensor({4, 3, 2}, 2)});
    model.set_call([](Call& call) { return call.cell("encoder", call.step(call.input(0), 0)).output; });
    CHECK_THROWS_WITH(model.predict({random_tensor({4, 4, 2}, 1), random_tensor({4, 3, 2}, 2)}),
                      Contains("encoder reads whole sequences, in both directions"));
}

TEST_CASE("a state is handed on of the layer that it is declared of only") {
    const network declared = networks_of_states().at("stacked_states");
    Model model(plan_of(declared, 4), {.threads = 1});
    const Tensor x = random_tensor({4, 4, 2}, 1), z = random_tensor({4, 3, 2}, 2);
    const Tensor expected = model.predict({x, z});
    const auto with_state_of = [&](const std::function<CallValue(Call&, CallValue, CallValue)>& read) {
        model.set_call([=](Call& call) {
            const CallValue first = call.layer("first", call.input(0));
            const CallValue second = call.layer("second", call.input(1));
            const CallValue c = call.layer("c", read(call, first, second));
            return call.join("concatenate", {call.layer("all", second), first, c, call.layer("h", first)});
        });
        return model.predict({x, z});
    };
    const Tensor called = with_state_of([](Call&, CallValue first, CallValue) { return first; });
    for (std::size_t row = 0; row < 4; ++row)
        for (std::size_t i = 6; i < 13; ++i) // all but the second's, which begins with zeros here
            CHECK(called(row, i) == expected(row, i));
    for (const auto& read : std::vector<std::function<CallValue(Call&, CallValue, CallValue)>>{
             [](Call&, CallValue, CallValue second) { return second; }, // of the same units
             [](Call&call, CallValue first, CallValue) { return call.layer("h", first); },
             [](Call&call, CallValue, CallValue) { return call.input(0); },
             [](Call&call, CallValue first, CallValue) { return call.step(first, 0); },
             [](Call&call, CallValue first, CallValue) { return call.stack({first}); }})
        CHECK_THROWS_WITH(with_state_of(read),
                          Contains("c hands on a state of first; call it on what first"));
}

TEST_CASE("stacked cells are stepped as one cell and streamed as they run over a sequence") {
    const network declared = describe(
        sequential(input<4, 2>(), named<"stack">(stacked_cells(lstm<3>(), gru<2>(), return_sequences)),
                   time_distributed(dense<2>()), time_distributed(layer_normalization())));
    Model model(plan_of(declared, 7), {.threads = 1});
    const Tensor x = random_tensor({6, 4, 2}, 1), y = random_tensor({6, 4, 2}, 2);
    const Tensor expected = model.predict(x);
    model.compile(SGD{}, Loss::mean_squared_error);
    const Gradients declared_gradients = model.gradients(x, y);
    const auto check = [&](const CallFunction& call) {
        model.set_call(call);
        check_values(model.predict(x), expected, 1);
        const Gradients gradients = model.gradients(x, y);
        for (const auto& [name, gradient] : declared_gradients.weights) {
            CAPTURE(name);
            check_values(gradients.weights.at(name), gradient, 1);
        }
    };
    check([](Call& call) {
        return call.layer("time_distributed_1",
                          call.layer("time_distributed", call.layer("stack", call.input())));
    });
    check([](Call& call) {
        std::vector<CallValue> outputs;
        CellState state;
        for (int t = 0; t < 4; ++t) {
            const Call::CellResult step = call.cell("stack", call.step(call.input(), t), state);
            state = step.state;
            outputs.push_back(step.output);
        }
        return call.layer("time_distributed_1", call.layer("time_distributed", call.stack(outputs)));
    });
    model.set_call({});
    Stream stream(model);
    for (std::size_t t = 0; t < 4; ++t) {
        const std::span<const float> step = stream.step(x.values().subspan(2 * t, 2));
        for (std::size_t u = 0; u < 2; ++u) {
            CHECK(step[u] == Approx(expected.values()[2 * t + u]).margin(tolerance));
        }
    }
}

TEST_CASE("summaries name layers made of others as one") {
    const auto summary = [](const std::string& name) {
        const bool has_states = networks_of_states().contains(name);
        const network& declared = (has_states ? networks_of_states() : networks_of_steps()).at(name);
        const std::size_t rows = rows_of(case_called(connection_cases(), name));
        return Model(plan_of(declared, rows), {.threads = 1}).summary();
    };
    CHECK_THAT(summary("both_outputs"), Contains("both (Bidirectional)") &&
                                            Contains("[(None, 4, 3), (None, 4, 3)]") &&
                                            Contains("between (Subtract)"));
    CHECK_THAT(summary("pooled"), Contains("a (MaxPooling1D)") && Contains("e (AveragePooling1D)") &&
                                      Contains("mean_a (GlobalAveragePooling1D)") &&
                                      Contains("most_d (GlobalMaxPooling1D)") && Contains("(None, 7, 3)"));
    CHECK_THAT(summary("time_distributed"),
               Contains("each_0 (TimeDistributed)") && Contains("each_5 (TimeDistributed)"));
    CHECK_THAT(summary("shared_words"), Contains("words_1 (Embedding)") && Contains("other (LSTM)"));
}

TEST_CASE("a shared layer learns from all of its calls") {
    const network shared_once = describe(functional(
        named<"a">(input<5>()), named<"words">(embedding<30, 4>(mask_zero)), named<"reader">(gru<3>()),
        named<"b">(input<4>()), shared<"words">(), named<"other">(shared<"reader">()),
        concatenate<"reader", "other">(), named<"dense">(dense<2>())));
    const network two_of_each = describe(functional(
        named<"a">(input<5>()), named<"words">(embedding<30, 4>(mask_zero)), named<"reader">(gru<3>()),
        named<"b">(input<4>()), named<"more_words">(embedding<30, 4>(mask_zero)), named<"other">(gru<3>()),
        concatenate<"reader", "other">(), named<"dense">(dense<2>())));
    Random random(5);
    TokenMatrix a{100, 5, std::vector<std::int32_t>(500)}, b{100, 4, std::vector<std::int32_t>(400)};
    for (TokenMatrix* x : {&a, &b}) {
        std::ranges::generate(x->values, [&] { return static_cast<std::int32_t>(random.below(20)); });
    }
    const Tensor y = random_tensor({100, 2}, 3);
    for (const std::size_t threads : {1, 2}) {
        CAPTURE(threads);
        Model once(plan_of(shared_once, 7), {.seed = 1, .threads = threads});
        Model twice(plan_of(two_of_each, 7), {.threads = threads});
        const auto original = [](std::string name) {
            for (const auto& [copy, of] : {std::pair{"more_words/", "words/"}, {"other/", "reader/"}}) {
                if (name.starts_with(copy)) {
                    name.replace(0, std::string(copy).size(), of);
                }
            }
            return name;
        };
        for (const std::string& name : twice.weight_names()) {
            twice.set_weights(name, once.get_weights(original(name)));
        }
        CHECK(once.count_parameters() < twice.count_parameters());
        check_values(once.predict({a, b}), twice.predict({a, b}), 1);
        once.compile(Adam{.learning_rate = 0.01}, Loss::mean_squared_error);
        twice.compile(Adam{}, Loss::mean_squared_error);
        std::map<std::string, Tensor> sums;
        for (const auto& [name, gradient] : twice.gradients({a, b}, y).weights) {
            Tensor& sum = sums.try_emplace(original(name), gradient.shape()).first->second;
            std::ranges::transform(sum.values(), gradient.values(), sum.data(), std::plus<>());
        }
        const Gradients gradients = once.gradients({a, b}, y);
        CHECK(gradients.weights.size() == sums.size());
        for (const auto& [name, gradient] : gradients.weights) {
            CAPTURE(name);
            check_values(gradient, sums.at(name), 1);
        }

        // Rows of the table that a batch does not name are made up for later, in a call they are not.
        Model called(plan_of(shared_once, 7), {.seed = 1, .threads = threads});
        called.compile(Adam{.learning_rate = 0.01}, Loss::mean_squared_error);
        called.set_call([](Call& call) {
            const auto read = [&](std::size_t input) {
                return call.layer("reader", call.layer("words", call.input(input)));
            };
            return call.layer("dense", call.join("concatenate", {read(0), read(1)}));
        });
        const FitOptions options{.epochs = 3, .batch_size = 10};
        once.fit({a, b}, y, options);
        called.fit({a, b}, y, options);
        for (const std::string& name : once.weight_names()) {
            CAPTURE(name);
            const Tensor values = once.get_weights(name), expected = called.get_weights(name);
            for (std::size_t i = 0; i < values.size(); ++i) {
                CHECK(values.values()[i] == Approx(expected.values()[i]).margin(1e-5));
            }
        }
    }
}
