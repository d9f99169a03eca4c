// What stands around recurrent layers, and their options, against Keras: outputs and all gradients of
// golden/keras_recurrent_options.json.
#include "../kernels/compiled_network.hpp"
#include "keras_models.hpp"

#include "timeloom/dsl/dsl.hpp"

#include <map>

using namespace timeloom;
using namespace timeloom::golden;
using nlohmann::json;

namespace {

using namespace timeloom::declaration;

/// The models of keras_cases/recurrent_options.py: an embedding of width 3 and what stands behind it.
template <int Batch, int Timesteps, class... Layers>
network behind_embedding(const Layers&... layers) {
    return describe(sequential(input<Timesteps>(), embedding<Batch * Timesteps, 3>(), layers...));
}

const std::map<std::string, network>& networks() {
    static const std::map<std::string, network> all{
        {"go_backwards", behind_embedding<3, 5>(lstm<3>(return_sequences, go_backwards),
                                                gru<2>(return_sequences), simple_rnn<2>(go_backwards))},
        {"go_backwards_one_step", behind_embedding<2, 1>(gru<3>(return_sequences, go_backwards))},
        {"concat_stack",
         behind_embedding<7, 4>(bidirectional(lstm<3>(return_sequences)), bidirectional(lstm<2>()))},
        {"sum", behind_embedding<3, 3>(bidirectional(gru<3>(return_sequences), merge::sum), gru<2>())},
        {"mul", behind_embedding<1, 4>(bidirectional(simple_rnn<3>(return_sequences), merge::mul),
                                       bidirectional(gru<2>(reset_after(false)), merge::mul))},
        {"ave", behind_embedding<3, 4>(bidirectional(simple_rnn<3>(return_sequences), merge::ave),
                                       bidirectional(lstm<2>(), merge::ave))},
        {"stateful", behind_embedding<3, 4>(lstm<3>(return_sequences, stateful),
                                            bidirectional(gru<2>(stateful), merge::sum))},
        {"encoder_decoder",
         behind_embedding<3, 4>(lstm<3>(), repeat_vector<3>(), gru<2>(return_sequences),
                                time_distributed(dense<2>()), activation(tanh), flatten(), dense<2>())},
        {"activation_of_repeated", behind_embedding<1, 2>(simple_rnn<2>(), repeat_vector<3>(),
                                                          activation(sigmoid), time_distributed(dense<3>()))},
        {"ave_one_step", behind_embedding<2, 1>(bidirectional(lstm<3>(return_sequences), merge::ave))},
        {"no_bias", behind_embedding<3, 4>(lstm<3>(return_sequences, use_bias(false)),
                                           gru<2>(return_sequences, use_bias(false)),
                                           simple_rnn<2>(use_bias(false)), dense<3>(tanh, use_bias(false)))},
        {"no_bias_reset_before",
         behind_embedding<1, 4>(gru<2>(reset_after(false), use_bias(false), return_sequences),
                                time_distributed(dense<2>(use_bias(false))))},
        {"layer_normalization",
         behind_embedding<7, 3>(layer_normalization(), simple_rnn<18>(return_sequences, use_bias(false)),
                                layer_normalization(0.0625, center(false)), gru<3>(),
                                layer_normalization(scale(false)), dense<4>(),
                                layer_normalization(center(false), scale(false)))}};
    return all;
}

TokenMatrix tokens_of(const json& c, const json& batch) {
    return {c.at("batch"), c.at("timesteps"), batch.at("tokens")};
}

void check_case(const json& c, const tests::CompiledNetwork& compiled, std::size_t threads) {
    Model model(compiled.plan(), {.threads = threads});
    set_weights(model, c.at("weights"));
    const auto see_earlier_batches = [&] {
        model.reset_states();
        for (const json& earlier : c.at("earlier")) {
            check_values(model.predict(tokens_of(c, earlier)), as_tensor(earlier.at("output")), 1);
        }
    };
    see_earlier_batches();
    const TokenMatrix tokens = tokens_of(c, c);
    check_values(model.predict(tokens), as_tensor(c.at("output")), 1);
    see_earlier_batches();
    check_training_step(model, tokens, as_tensor(c.at("targets")), c);
}

} // namespace

TEST_CASE("layers that go backwards, both ways or on from batch to batch, without biases or normalized do "
          "what Keras's do, forward and backward") {
    const json file = golden::read("keras_recurrent_options.json");
    CHECK(file.at("cases").size() == networks().size());
    for (const json& c : file.at("cases")) {
        // A second thread gets the last row alone of a batch of 7.
        const int batch = c.at("batch");
        const tests::CompiledNetwork compiled(networks().at(c.at("name")), {tests::best_target()},
                                              batch > tests::row_tile() ? nullptr
                                                                        : tests::kernels_for(batch));
        for (const std::size_t threads : {1, 2}) {
            CAPTURE(c.at("name"), threads);
            check_case(c, compiled, threads);
        }
    }
}
