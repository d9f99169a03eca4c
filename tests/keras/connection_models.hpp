// The models of keras_cases/connections.py, by their names there.
#pragma once

#include "keras_networks.hpp"

#include "timeloom/dsl/dsl.hpp"

#include <map>
#include <string>

namespace timeloom::tests {

using namespace timeloom::declaration;

inline network bidirectional_initial_state() {
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

inline network pooled() {
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

inline network time_distributed_layers() {
    return describe(functional(
        input<6>(), embedding<9, 3>(mask_zero), lstm<3>(return_sequences),
        named<"each_0">(time_distributed(layer_normalization())),
        named<"each_1">(time_distributed(activation(tanh))), named<"each_2">(time_distributed(dropout(0))),
        named<"each_3">(time_distributed(flatten())), named<"each_4">(time_distributed(dense<3>())),
        named<"each_5">(time_distributed(softmax))));
}

inline network shared_layers() {
    return describe(functional(
        named<"x">(input<4, 2>()), masking(0.5f), named<"both">(bidirectional(gru<2>(return_sequences))),
        named<"dense">(dense<2>(tanh)), named<"norm">(layer_normalization()), named<"first">(flatten()),
        named<"z">(input<3, 2>()), shared<"both">(), shared<"dense">(), named<"normed">(shared<"norm">()),
        named<"second">(flatten()), named<"again">(shared<"both">(), reads<"normed">),
        named<"third">(flatten()), concatenate<"first", "second", "third">()));
}

inline const std::map<std::string, network>& networks_of_states() {
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

inline const std::map<std::string, network>& networks_of_steps() {
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
inline const std::map<std::string, network>& networks_of_masks() {
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

inline const nlohmann::json& connection_cases() {
    static const nlohmann::json file = golden::read("keras_connections.json");
    return file.at("cases");
}

} // namespace timeloom::tests
