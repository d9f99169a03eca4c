#include "model_table.hpp"

#include "bilstm.timeloom.hpp"
#include "gru_layer.timeloom.hpp"
#include "lstm_layer.timeloom.hpp"
#include "models.hpp"
#include "rnn_layer.timeloom.hpp"

namespace imdb {

namespace {

/// Trains a declared model with Model::fit().
template <class Declaration>
std::function<Training(const Task&)> fit(const Declaration& declaration,
                                         const timeloom::KernelTable& kernels) {
    return [&](const Task& task) {
        timeloom::Model model(declaration, kernels, task.options);
        return train(model, task);
    };
}

} // namespace

const std::vector<ModelRow>& model_table() {
    static const std::vector<ModelRow> rows{
        {"rnn_layer",
         "RNN layer",
         tokens,
         true,
         {96.35, .1137, 82.26, .4664},
         fit(rnn_layer, rnn_layer_kernels)},
        {"lstm_layer",
         "LSTM layer",
         tokens,
         true,
         {95.61, .1413, 83.40, .3987},
         fit(lstm_layer, lstm_layer_kernels)},
        {"gru_layer",
         "GRU layer",
         tokens,
         true,
         {95.59, .1378, 83.38, .4122},
         fit(gru_layer, gru_layer_kernels)},
        {"bilstm",
         "bidirectional LSTM",
         long_tokens,
         false,
         {97.22, .0870, 86.16, .3949},
         fit(bilstm, bilstm_kernels)},
    };
    return rows;
}

} // namespace imdb
