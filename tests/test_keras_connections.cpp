// How layers are connected, against Keras: states of bidirectional and stacked layers, both directions, one
// step and all steps, joins in time, shared layers, pooling, and where masks go: outputs, losses, metrics and
// all gradients of golden/keras_connections.json.
#include "keras_networks.hpp"
#include "training_data.hpp"

#include "timeloom/dsl/dsl.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/parameter_layout.hpp"
#include "timeloom/runtime/stream.hpp"

#include <functional>

using namespace timeloom;
using namespace timeloom::golden;
using Catch::Matchers::Contains;

namespace {

using namespace timeloom::dsl;

network bidirectional_initial_state() {
    return describe(functional(
        named<"x">(input<4, 2>()), named<"v">(vector_input<3>()), named<"h0">(dense<3>()),
        named<"first">(bidirectional(gru<3>(return_sequences)), reads<"x">),
        named<"second">(bidirectional(gru<3>(return_sequences), merge::sum), initial_state<"first">),
        named<"third">(bidirectional(simple_rnn<3>(), merge::ave), initial_state<"v", "h0">)));
}

template <class... Options>
network both_outputs(const Options&... options) {
    return describe(functional(input<4>(), named<"embedding">(embedding<9, 3>(options...)),
                               named<"both">(bidirectional(lstm<3>(return_sequences), merge::none)),
                               named<"forward">(forward_of<"both">()),
                               named<"backward">(backward_of<"both">()),
                               named<"product">(multiply<"forward", "backward">()), named<"reader">(gru<2>()),
                               named<"all_forward">(flatten(), reads<"forward">),
                               named<"all_backward">(flatten(), reads<"backward">),
                               named<"ends">(bidirectional(gru<2>(), merge::none), reads<"embedding">),
                               named<"end">(forward_of<"ends">()), named<"begin">(backward_of<"ends">()),
                               named<"between">(subtract<"end", "begin">()),
                               concatenate<"all_forward", "all_backward", "reader", "between">()));
}

network pooled() {
    return describe(functional(input<7, 2>(), named<"simple_rnn">(simple_rnn<3>(return_sequences)),
                               named<"a">(max_pooling1d<2>()),
                               named<"b">(max_pooling1d<3, 1>(), reads<"simple_rnn">),
                               named<"c">(max_pooling1d<3, 2>(same_padding), reads<"simple_rnn">),
                               named<"d">(average_pooling1d<3>(), reads<"simple_rnn">),
                               named<"e">(average_pooling1d<2, 1>(same_padding), reads<"simple_rnn">),
                               named<"f">(average_pooling1d<4, 3>(same_padding), reads<"simple_rnn">),
                               named<"all_a">(flatten(), reads<"a">), named<"all_b">(flatten(), reads<"b">),
                               named<"all_c">(flatten(), reads<"c">), named<"all_d">(flatten(), reads<"d">),
                               named<"all_e">(flatten(), reads<"e">), named<"all_f">(flatten(), reads<"f">),
                               named<"mean_a">(global_average_pooling1d(), reads<"a">),
                               named<"mean_b">(global_average_pooling1d(), reads<"b">),
                               named<"most_d">(global_max_pooling1d(), reads<"d">),
                               named<"most_e">(global_max_pooling1d(), reads<"e">),
                               concatenate<"all_a", "all_b", "all_c", "all_d", "all_e", "all_f", "mean_a",
                                           "mean_b", "most_d", "most_e">()));
}

network time_distributed_layers() {
    return describe(functional(
        input<6>(), embedding<9, 3>(mask_zero), lstm<3>(return_sequences),
        named<"each_0">(time_distributed(layer_normalization())),
        named<"each_1">(time_distributed(activation(tanh))), named<"each_2">(time_distributed(dropout(0))),
        named<"each_3">(time_distributed(flatten())), named<"each_4">(time_distributed(dense<3>())),
        named<"each_5">(time_distributed(softmax))));
}

network shared_layers() {
    return describe(functional(
        named<"x">(input<4, 2>()), masking(0.5f), named<"both">(bidirectional(gru<2>(return_sequences))),
        named<"dense">(dense<2>(tanh)), named<"norm">(layer_normalization()), named<"first">(flatten()),
        named<"z">(input<3, 2>()), shared<"both">(), shared<"dense">(), named<"normed">(shared<"norm">()),
        named<"second">(flatten()), named<"again">(shared<"both">(), reads<"normed">),
        named<"third">(flatten()), concatenate<"first", "second", "third">()));
}

const std::map<std::string, network>& networks_of_states() {
    static const std::map<std::string, network> all{
        {"bidirectional_states",
         describe(functional(
             named<"x">(input<4, 2>()), named<"encoder">(bidirectional(lstm<3>())),
             named<"fh">(return_state<"encoder", "forward_h">()),
             named<"fc">(return_state<"encoder", "forward_c">()),
             named<"bh">(return_state<"encoder", "backward_h">()),
             named<"bc">(return_state<"encoder", "backward_c">()), named<"h">(concatenate<"fh", "bh">()),
             named<"c">(concatenate<"fc", "bc">()), named<"z">(input<3, 2>()),
             named<"decoder">(lstm<6>(return_sequences), initial_state<"h", "c">), named<"y">(dense<2>())))},
        {"bidirectional_initial_state", bidirectional_initial_state()},
        {"stacked_states",
         describe(functional(
             named<"x">(input<4, 2>()), named<"first">(stacked_cells(lstm<3>(), gru<2>())),
             named<"c">(return_state<"first", "c", 0>()), named<"h">(return_state<"first", "h", 1>()),
             named<"z">(input<3, 2>()),
             named<"second">(stacked_cells(lstm<3>(), gru<2>(), return_sequences), initial_state<"first">),
             named<"all">(flatten()), concatenate<"all", "first", "c", "h">()))},
        {"stacked_backwards",
         describe(sequential(input<6>(), embedding<9, 3>(mask_zero),
                             stacked_cells(lstm<3>(), simple_rnn<2>(return_sequences), go_backwards),
                             flatten()))},
        {"both_outputs", both_outputs()},
        {"both_outputs_masked", both_outputs(mask_zero)}};
    return all;
}

const std::map<std::string, network>& networks_of_steps() {
    static const std::map<std::string, network> all{
        {"time_distributed", time_distributed_layers()},
        {"one_step", describe(sequential(input<1, 2>(), lstm<3>(return_sequences), dense<2>()))},
        {"one_step_of_classes", describe(sequential(input<1>(), embedding<9, 3>(mask_zero),
                                                    gru<3>(return_sequences), dense<4>(), softmax))},
        {"repeated_once",
         describe(sequential(vector_input<2>(), repeat_vector<1>(), gru<2>(return_sequences)))},
        {"concatenated_in_time",
         describe(functional(named<"tokens">(input<4>()), named<"embedding">(embedding<9, 3>(mask_zero)),
                             named<"x">(input<3, 2>()), named<"dense">(dense<3>()),
                             concatenate<"dense", "embedding", "dense">(axis<1>),
                             named<"gru">(gru<2>(return_sequences))))},
        {"concatenated_in_time_unmasked",
         describe(functional(named<"x">(input<3, 2>()), named<"lstm">(lstm<2>(return_sequences)),
                             named<"z">(input<2, 2>()), concatenate<"lstm", "z">(axis<1>),
                             named<"dense">(dense<2>())))},
        {"shared_words",
         describe(functional(named<"a">(input<6>()), named<"words">(embedding<9, 3>(mask_zero)),
                             named<"reader">(lstm<3>()), named<"b">(input<4>()), shared<"words">(),
                             named<"other">(shared<"reader">()), subtract<"reader", "other">(),
                             named<"dense">(dense<2>())))},
        {"shared_layers", shared_layers()},
        {"pooled", pooled()},
        {"pooled_masked", describe(functional(input<4>(), named<"embedding">(embedding<9, 3>(mask_zero)),
                                              named<"lstm">(lstm<3>(return_sequences)),
                                              named<"a">(global_average_pooling1d(), reads<"embedding">),
                                              named<"b">(global_max_pooling1d(), reads<"embedding">),
                                              named<"c">(global_average_pooling1d(), reads<"lstm">),
                                              named<"d">(global_max_pooling1d(), reads<"lstm">),
                                              concatenate<"a", "b", "c", "d">()))},
        {"embedding_declared_last",
         describe(functional(named<"x">(input<4, 2>()), named<"lstm">(lstm<3>(return_sequences)),
                             named<"tokens">(input<4>()), named<"words">(embedding<9, 2>()),
                             concatenate<"lstm", "words">(), named<"dense">(dense<2>())))}};
    return all;
}

/// Where Keras 3 forgets a mask, keeps it for other steps, or puts another in its place, ours goes on: the
/// cases hand Keras the masks.
const std::map<std::string, network>& networks_of_masks() {
    static const std::map<std::string, network> all{
        {"initial_state_under_a_mask",
         describe(
             functional(named<"tokens">(input<6>()), named<"embedding">(embedding<9, 3>(mask_zero)),
                        named<"v">(vector_input<3>()),
                        named<"lstm">(lstm<3>(return_sequences), reads<"embedding">, initial_state<"v", "v">),
                        named<"gru">(gru<3>())))},
        {"initial_state_without_the_mask",
         describe(functional(named<"tokens">(input<6>()), named<"embedding">(embedding<9, 3>()),
                             named<"v">(vector_input<3>()),
                             named<"lstm">(lstm<3>(), reads<"embedding">, initial_state<"v", "v">)))},
        {"backwards_under_a_mask", describe(sequential(input<6>(), embedding<9, 3>(mask_zero),
                                                       lstm<3>(return_sequences, go_backwards), gru<2>()))},
        {"masking_behind_a_mask", describe(sequential(input<5, 2>(ragged), masking(0.5f), lstm<3>()))}};
    return all;
}

const json& cases() {
    static const json file = read("keras_connections.json");
    return file.at("cases");
}

} // namespace

TEST_CASE("every case of Keras's connections has its model") {
    CHECK(cases().size() ==
          networks_of_states().size() + networks_of_steps().size() + networks_of_masks().size());
}

TEST_CASE("states of layers made of others and both directions are Keras's") {
    tests::check_networks(networks_of_states(), cases());
}

TEST_CASE("sequences of one step and joins in time and shared layers and pooling are Keras's") {
    tests::check_networks(networks_of_steps(), cases());
}

TEST_CASE("masks stay with their steps") { tests::check_networks(networks_of_masks(), cases()); }

TEST_CASE("weights have the order of the layers as in Keras") {
    for (const auto& [name, declared] : networks_of_steps()) {
        CAPTURE(name);
        const ParameterLayout layout(declared);
        std::vector<std::string> names;
        for (std::size_t i = 0; i < layout.parameters().size(); ++i) {
            if (!layout.declared(i).name.ends_with("/recurrent_bias")) { // a row of Keras's bias
                names.push_back(layout.declared(i).name);
            }
        }
        CHECK(names == tests::case_called(cases(), name).at("weight_names").get<std::vector<std::string>>());
    }
}

TEST_CASE("a sequence of one step keeps its axis of time wherever it is handed out") {
    const network declared = networks_of_steps().at("one_step");
    Model model(declared, tests::kernels_of(declared, 6).table(), {.threads = 1});
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
    Model model(declared, tests::kernels_of(declared, 4).table(), {.threads = 1});
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

TEST_CASE("stacked cells are stepped as one cell and streamed as they run over a sequence") {
    const network declared = describe(
        sequential(input<4, 2>(), named<"stack">(stacked_cells(lstm<3>(), gru<2>(), return_sequences)),
                   time_distributed(dense<2>()), time_distributed(layer_normalization())));
    Model model(declared, tests::kernels_of(declared, 7).table(), {.threads = 1});
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
        const std::size_t rows = tests::rows_of(tests::case_called(cases(), name));
        return Model(declared, tests::kernels_of(declared, rows).table(), {.threads = 1}).summary();
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
        Model once(shared_once, tests::kernels_of(shared_once, 7).table(), {.seed = 1, .threads = threads});
        Model twice(two_of_each, tests::kernels_of(two_of_each, 7).table(), {.threads = threads});
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
        Model called(shared_once, tests::kernels_of(shared_once, 7).table(), {.seed = 1, .threads = threads});
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
