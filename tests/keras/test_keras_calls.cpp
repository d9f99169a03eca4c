// Forward passes of the user's own: loops over cells give the outputs, losses and gradients of the declared
// layers and of Keras.
#include "../kernels/compiled_network.hpp"
#include "../support/training_data.hpp"
#include "keras_models.hpp"

#include "timeloom/dsl/dsl.hpp"
#include "timeloom/runtime/error.hpp"

using namespace timeloom;
using namespace timeloom::golden;
using Catch::Matchers::Contains;

namespace {

using namespace timeloom::declaration;

const json& case_called(const std::string& name) {
    static const json file = read("keras_functional.json");
    return *std::ranges::find_if(file.at("cases"), [&](const json& c) { return c.at("name") == name; });
}

network two_lstms() {
    return describe(functional(input<4>(), named<"embedding">(embedding<9, 3>()),
                               named<"first">(lstm<3>(return_sequences)),
                               named<"second">(lstm<4>(return_sequences)), named<"dense">(dense<2>())));
}

const tests::CompiledNetwork& two_lstms_kernels() {
    static const tests::CompiledNetwork compiled(two_lstms(), {tests::best_target()});
    return compiled;
}

CallValue layer_by_layer(Call& call) {
    const CallValue x = call.layer("embedding", call.input());
    return call.layer("dense", call.layer("second", call.layer("first", x)));
}

/// Both cells step by step; the embedding and the dense layer at once.
CallValue step_by_step(Call& call) {
    const CallValue x = call.layer("embedding", call.input());
    std::vector<CallValue> outputs;
    CellState first, second;
    for (int t = 0; t < call.timesteps(x); ++t) {
        const Call::CellResult lower = call.cell("first", call.step(x, t), first);
        const Call::CellResult upper = call.cell("second", lower.output, second);
        first = lower.state;
        second = upper.state;
        outputs.push_back(upper.output);
    }
    return call.layer("dense", call.stack(outputs));
}

CallValue all_step_by_step(Call& call) {
    std::vector<CallValue> outputs;
    CellState first, second;
    for (int t = 0; t < call.timesteps(call.input()); ++t) {
        const CallValue x = call.layer("embedding", call.step(call.input(), t));
        const Call::CellResult lower = call.cell("first", x, first);
        const Call::CellResult upper = call.cell("second", lower.output, second);
        first = lower.state;
        second = upper.state;
        outputs.push_back(call.layer("dense", upper.output));
    }
    return call.stack(outputs);
}

/// A cell makes the first step, the layer goes on from its state.
CallValue layer_goes_on(Call& call) {
    const CallValue x = call.layer("embedding", call.input());
    const Call::CellResult begin = call.cell("first", call.step(x, 0));
    const CallValue rest =
        call.layer("first", call.stack({call.step(x, 1), call.step(x, 2), call.step(x, 3)}), begin.state);
    const CallValue all =
        call.stack({begin.output, call.step(rest, 0), call.step(rest, 1), call.step(rest, 2)});
    return call.layer("dense", call.layer("second", all));
}

std::vector<float> values_of(const Tensor& t) { return {t.values().begin(), t.values().end()}; }

/// Weights after a step on the golden case.
std::vector<float> trained(const CallFunction& call, std::size_t threads) {
    const json& c = case_called("stack_for_calls");
    Model model(two_lstms_kernels().plan(), {.threads = threads});
    set_weights(model, c.at("weights"));
    model.set_call(call);
    model.compile(SGD{.learning_rate = 0.5}, Loss::mean_squared_error);
    FitOptions options;
    options.epochs = 3;
    options.batch_size = 7;
    model.fit(CaseInputs(c.at("inputs")).view(), as_tensor(c.at("targets")), options);
    return all_weights(model);
}

} // namespace

TEST_CASE("loops over cells give Keras's outputs, loss and gradients") {
    const CallFunction calls[]{layer_by_layer, step_by_step, all_step_by_step, layer_goes_on, {}};
    for (const CallFunction& call : calls) {
        for (const std::size_t threads : {1, 2}) {
            CAPTURE(&call - calls, threads);
            Model model(two_lstms_kernels().plan(), {.threads = threads});
            model.set_call(call);
            check_model(model, case_called("stack_for_calls"));
        }
    }
}

TEST_CASE("a call trains to the same bits every time, and as the declaration") {
    for (const std::size_t threads : {1, 2}) {
        CHECK(trained(step_by_step, threads) == trained(step_by_step, threads));
        CHECK(trained({}, threads) == trained({}, threads));
        // Sums over time in other orders.
        const std::vector<float> declared = trained({}, threads), layers = trained(layer_by_layer, threads),
                                 steps = trained(all_step_by_step, threads);
        for (std::size_t i = 0; i < declared.size(); ++i) {
            CHECK(layers[i] == Approx(declared[i]).margin(1e-5));
            CHECK(steps[i] == Approx(declared[i]).margin(1e-5));
        }
    }
}

TEST_CASE("what an output step hands on can be the next step's input") {
    const tests::CompiledNetwork compiled(
        describe(functional(vector_input<2>(), repeat_vector<4>(), named<"first">(lstm<3>(return_sequences)),
                            named<"second">(lstm<4>(return_sequences)), named<"dense">(dense<2>()))),
        {tests::best_target()});
    for (const std::size_t threads : {1, 2}) {
        Model model(compiled.plan(), {.threads = threads});
        model.set_call([](Call& call) {
            CallValue x = call.input();
            std::vector<CallValue> outputs;
            CellState first, second;
            for (int t = 0; t < 4; ++t) {
                const Call::CellResult lower = call.cell("first", x, first);
                const Call::CellResult upper = call.cell("second", lower.output, second);
                first = lower.state;
                second = upper.state;
                x = call.layer("dense", upper.output);
                outputs.push_back(x);
            }
            return call.stack(outputs);
        });
        CAPTURE(threads);
        check_model(model, case_called("fed_back"));
    }
}

TEST_CASE("steps of a masked sequence are masked in a loop over cells, and so is what is stacked of them") {
    const tests::CompiledNetwork compiled(
        describe(sequential(input<6>(), embedding<9, 3>(mask_zero), simple_rnn<2>(return_sequences))),
        {tests::best_target()}, tests::kernels_for(6));
    Model model(compiled.plan(), {.threads = 1});
    model.set_call([](Call& call) {
        const CallValue x = call.layer("embedding", call.input());
        std::vector<CallValue> outputs;
        CellState state;
        for (int t = 0; t < call.timesteps(x); ++t) {
            const Call::CellResult step = call.cell("simple_rnn", call.step(x, t), state);
            state = step.state;
            outputs.push_back(step.output);
        }
        return call.stack(outputs);
    });
    check_model(model, case_called("masked_weighted"));

    // The layer also reads values without a mask: then all steps count.
    model.set_call([](Call& call) {
        const CallValue x = call.layer("embedding", call.input());
        const CallValue y = call.layer("simple_rnn", call.stack({call.step(x, 4), call.step(x, 5)}));
        return call.stack({call.step(y, 0), call.step(y, 1), call.step(y, 0), call.step(y, 1),
                           call.step(y, 0), call.step(y, 1)});
    });
    const TokenMatrix tokens{3, 6, {1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 0, 6, 1, 2, 3, 4, 5, 0}};
    const TokenMatrix others{3, 6, {7, 7, 7, 7, 5, 6, 8, 8, 8, 8, 0, 6, 8, 8, 8, 8, 5, 0}};
    CHECK(values_of(model.predict(tokens)) == values_of(model.predict(others)));
}

TEST_CASE("a call may take another way in every pass") {
    const json& c = case_called("stack_for_calls");
    Model model(two_lstms_kernels().plan(), {.threads = 2});
    set_weights(model, c.at("weights"));
    const CallFunction ways[]{layer_by_layer, step_by_step, layer_goes_on};
    std::size_t way = 0;
    model.set_call([&](Call& call) {
        CHECK(call.training() == false);
        return ways[way](call);
    });
    const CaseInputs inputs(c.at("inputs"));
    for (way = 0; way < 3; ++way) {
        check_values(model.predict(inputs.view()), as_tensor(c.at("output")), 1);
    }
    for (way = 2; way-- > 0;) {
        check_values(model.predict(inputs.view()), as_tensor(c.at("output")), 1);
    }
}

TEST_CASE("the values of rows can be looked at within a call") {
    Model model(two_lstms_kernels().plan(), {.threads = 1});
    const Tensor table = model.get_weights("embedding/embeddings");
    model.set_call([&](Call& call) {
        CHECK(call.rows() == 2);
        const CallValue x = call.layer("embedding", call.input());
        for (int row = 0; row < 2; ++row) {
            const auto values = call.values(x, row, 3);
            CHECK(std::ranges::equal(values, table.row(row == 0 ? 4 : 8)));
        }
        return layer_by_layer(call);
    });
    model.predict(TokenMatrix{2, 4, {1, 2, 3, 4, 5, 6, 7, 8}});
}

TEST_CASE("a call says what is wrong with it") {
    Model model(two_lstms_kernels().plan(), {.threads = 2});
    const TokenMatrix tokens{2, 4, {1, 2, 3, 4, 5, 6, 7, 8}};
    const auto check = [&](const CallFunction& call, const std::string& message) {
        model.set_call(call);
        CHECK_THROWS_WITH(model.predict(tokens), Contains(message));
    };
    const auto embed = [](Call& call) { return call.layer("embedding", call.input()); };
    check([](Call& call) { return call.layer("third", call.input()); },
          "no layer \"third\"; it has embedding, first, second, dense");
    check([&](Call& call) { return call.layer("second", call.layer("second", embed(call))); },
          "second reads 3 features, but was given 4");
    check([&](Call& call) { return call.layer("dense", embed(call)); },
          "dense reads 4 features, but was given 3");
    check(
        [&](Call& call) {
            const CallValue y = call.layer("second", call.layer("first", embed(call)));
            return call.layer("dense", call.step(y, 3));
        },
        "declared to hand out 4 time steps of 2 values, but the call returned 1 of 2");
    check([&](Call& call) { return call.layer("first", embed(call)); }, "the call returned 4 of 3");
    check([](Call& call) { return call.layer("first", call.input()); },
          "first reads vectors, but was given token ids");
    check([&](Call& call) { return call.layer("embedding", embed(call)); },
          "embedding reads token ids, but was given vectors");
    check([&](Call& call) { return call.cell("dense", call.step(embed(call), 0)).output; },
          "dense is no recurrent layer");
    check([&](Call& call) { return call.cell("first", embed(call)).output; },
          "a cell of first reads one time step, but was given 4");
    check([&](Call& call) { return call.step(embed(call), 4); }, "step 4 of a sequence of 4");
    check([&](Call& call) { return call.input(1); }, "has 1 inputs, but number 1");
    check([&](Call& call) { return call.stack({embed(call)}); }, "stack() needs vectors of one width");
    check([](Call& call) { return call.stack({}); }, "at least one value");
    check(
        [&](Call& call) {
            const Call::CellResult step = call.cell("first", call.step(embed(call), 0));
            return call.cell("second", step.output, step.state).output;
        },
        "the state given to second is that of another kind of cell");
    check(
        [&](Call& call) {
            return call.join("first", {embed(call), embed(call)});
        },
        "first does not join values");

    model.set_call({});
    CHECK(model.predict(tokens).shape() == Shape{2, 4, 2});
}
