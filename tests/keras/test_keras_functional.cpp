// Masks, graphs of layers, states handed over, truncated backpropagation and calls of one's own against
// Keras: outputs, losses, metrics and all gradients of golden/keras_functional.json.
#include "../support/training_data.hpp"
#include "keras_networks.hpp"

#include "timeloom/dsl/dsl.hpp"

using namespace timeloom;
using namespace timeloom::golden;

namespace {

using namespace timeloom::declaration;

/// The models of keras_cases/functional.py that begin with an embedding of width 3 which masks.
template <int Timesteps, class... Layers>
network masked(const Layers&... layers) {
    return describe(sequential(input<Timesteps>(), embedding<9, 3>(mask_zero), layers...));
}

const std::map<std::string, network>& masked_networks() {
    static const std::map<std::string, network> all{
        {"masked_sequences", masked<6>(lstm<3>(return_sequences), gru<2>(return_sequences),
                                       gru<3>(return_sequences, reset_after(false)),
                                       simple_rnn<2>(return_sequences), time_distributed(dense<2>()))},
        {"masked_both_ways",
         masked<6>(bidirectional(lstm<3>(return_sequences)),
                   bidirectional(gru<2>(return_sequences), merge::sum), time_distributed(dense<2>()))},
        {"masked_both_ways_last", masked<6>(bidirectional(gru<3>(return_sequences), merge::mul),
                                            bidirectional(lstm<2>(), merge::ave))},
        {"masked_both_ways_seen",
         masked<6>(bidirectional(simple_rnn<2>(return_sequences)), flatten(), dense<2>())},
        {"masked_backwards_seen", masked<6>(lstm<2>(return_sequences, go_backwards), flatten(), dense<2>())},
        {"masked_classes", masked<6>(gru<3>(return_sequences), dense<4>(), softmax)},
        {"masked_weighted", masked<6>(simple_rnn<2>(return_sequences))},
        {"masked_all", masked<6>(lstm<2>(return_sequences))},
        {"masked_last",
         describe(functional(input<6>(), named<"embedding">(embedding<9, 3>(mask_zero)),
                             named<"lstm">(lstm<3>()), named<"gru">(gru<2>(), reads<"embedding">),
                             named<"gru_reset_before">(gru<3>(reset_after(false)), reads<"embedding">),
                             named<"simple_rnn">(simple_rnn<2>(go_backwards), reads<"embedding">),
                             concatenate<"lstm", "gru", "gru_reset_before", "simple_rnn">(), dense<2>()))},
        {"masking", describe(sequential(input<4, 2>(), masking(0.5f), lstm<3>(return_sequences), dropout(0),
                                        dense<2>()))},
        {"ragged_post", describe(sequential(input<5, 2>(ragged), gru<3>(return_sequences), dense<2>()))},
        {"ragged_pre", describe(sequential(input<5, 2>(ragged), lstm<2>(return_sequences), lstm<3>()))},
        {"joined_masks",
         describe(functional(
             named<"a">(input<4>()), named<"left">(embedding<9, 2>(mask_zero)), named<"b">(input<4>()),
             named<"right">(embedding<9, 2>(mask_zero)), named<"beside">(concatenate<"left", "right">()),
             named<"sum">(add<"left", "right">()), named<"product">(multiply<"left", "right">()),
             named<"mean">(average<"left", "right">()), concatenate<"beside", "sum", "product", "mean">(),
             simple_rnn<2>(return_sequences)))},
        {"joined_mask_and_none",
         describe(functional(named<"a">(input<4>()), named<"left">(embedding<9, 2>(mask_zero)),
                             named<"b">(input<4, 2>()), concatenate<"left", "b">(),
                             simple_rnn<2>(return_sequences)))},
        {"stateful_masked", masked<4>(lstm<3>(return_sequences, stateful), gru<2>(stateful))},
        {"stateful_masked_both_ways", masked<4>(bidirectional(lstm<2>(return_sequences, stateful)),
                                                bidirectional(gru<2>(stateful), merge::sum))}};
    return all;
}

network truncated(int window) {
    const auto windows = dsl::truncate(window);
    return describe(sequential(input<7, 2>(), lstm<3>(return_sequences, windows),
                               gru<2>(return_sequences, windows), dense<2>()));
}
network truncated_last(int window) {
    const auto windows = dsl::truncate(window);
    return describe(sequential(input<7, 2>(), lstm<3>(return_sequences, windows, go_backwards),
                               gru<2>(windows), dense<2>()));
}

const std::map<std::string, network>& graph_networks() {
    static const std::map<std::string, network> all{
        {"encoder_decoder_lstm",
         describe(functional(input<6>(), embedding<9, 3>(mask_zero), named<"encoder">(lstm<3>()),
                             named<"vectors">(input<4, 2>()),
                             named<"decoder">(lstm<3>(return_sequences), initial_state<"encoder">),
                             time_distributed(dense<2>())))},
        {"encoder_decoder_gru",
         describe(
             functional(named<"x">(input<4, 2>()), named<"encoder">(gru<3>(return_sequences)),
                        named<"decoder">(gru<3>(return_sequences), initial_state<"encoder">),
                        named<"decoded">(flatten()),
                        named<"second">(gru<3>(reset_after(false)), reads<"x">, initial_state<"encoder">),
                        named<"state">(return_state<"encoder", "h">()),
                        concatenate<"decoded", "second", "state">(), dense<2>()))},
        {"given_states",
         describe(functional(named<"x">(input<4, 2>()), named<"v">(vector_input<3>()),
                             named<"h0">(dense<3>(tanh)),
                             named<"lstm">(lstm<3>(return_sequences), reads<"x">, initial_state<"h0", "v">),
                             named<"gru">(gru<3>(), initial_state<"h0">)))},
        {"final_states",
         describe(functional(input<4, 2>(), named<"lstm">(lstm<3>()), named<"c">(return_state<"lstm", "c">()),
                             concatenate<"c", "lstm">(), dense<2>()))},
        {"final_state_of_sequence",
         describe(functional(input<4, 2>(), named<"lstm">(lstm<3>(return_sequences)),
                             named<"h">(return_state<"lstm", "h">()), named<"c">(return_state<"lstm", "c">()),
                             named<"simple_rnn">(simple_rnn<3>(), reads<"lstm">, initial_state<"c">),
                             add<"simple_rnn", "h", "c">()))},
        {"joins",
         describe(functional(
             named<"x">(input<3, 2>()), named<"a">(gru<2>(return_sequences)), named<"b">(dense<2>(sigmoid)),
             named<"product">(multiply<"a", "b", "x">()), named<"mean">(average<"a", "b", "x">()),
             named<"sum">(add<"a", "a">()), concatenate<"product", "mean", "sum">(), named<"end">(lstm<3>()),
             named<"v">(vector_input<2>()), concatenate<"end", "v">(), named<"y">(dense<2>())))},
        {"stacked_cells", masked<6>(stacked_cells(lstm<3>(), gru<2>(), simple_rnn<4>(return_sequences)))},
        {"one_to_many",
         describe(sequential(vector_input<2>(), repeat_vector<4>(), lstm<3>(return_sequences), dense<2>()))},
        {"both_ways_in_a_graph",
         describe(functional(named<"x">(input<4, 2>()),
                             named<"first">(bidirectional(lstm<2>(return_sequences))),
                             named<"second">(bidirectional(gru<2>(return_sequences)), reads<"x">),
                             add<"first", "second">(), named<"third">(bidirectional(gru<3>(), merge::sum))))},
        {"truncate_2", truncated(2)},
        {"truncate_3", truncated(3)},
        {"truncate_2_backwards_last", truncated_last(2)},
        {"truncate_3_backwards_last", truncated_last(3)}};
    return all;
}

const json& cases() {
    static const json file = read("keras_functional.json");
    return file.at("cases");
}

} // namespace

TEST_CASE("every case of Keras's has its model") {
    // fed_back and stack_for_calls are called step by step.
    CHECK(cases().size() == masked_networks().size() + graph_networks().size() + 2);
}

TEST_CASE("masked steps do what Keras makes of them, forward, in losses and metrics, and backward") {
    tests::check_networks(masked_networks(), cases());
}

TEST_CASE("graphs of layers, states handed over and truncated backpropagation are Keras's") {
    tests::check_networks(graph_networks(), cases());
}

TEST_CASE("a state that is given is not what the batch before left") {
    const tests::CompiledNetwork compiled(
        describe(functional(named<"x">(input<3, 2>()), named<"start">(vector_input<2>()),
                            named<"first">(simple_rnn<2>(stateful), reads<"x">, initial_state<"start">))),
        {tests::best_target()}, tests::kernels_for(4));
    Model model(compiled.plan(), {.threads = 1});
    const Tensor x = random_tensor({4, 3, 2}, 1), start = random_tensor({4, 2}, 2);
    const Tensor once = model.predict({x, start}), again = model.predict({x, start});
    CHECK(std::ranges::equal(once.values(), again.values()));
}
