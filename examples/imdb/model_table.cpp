#include "model_table.hpp"

#include "bilstm.timeloom.hpp"
#include "gru_layer.timeloom.hpp"
#include "lstm_layer.timeloom.hpp"
#include "models.hpp"
#include "rnn_layer.timeloom.hpp"
#include "word_by_word.hpp"

namespace imdb {

namespace {

/// Trains a declared model, with `call` as its forward pass, if there is one.
std::function<Training(const Task&)> fit(const timeloom::plan::Model& plan,
                                         const timeloom::CallFunction& call = {}) {
    return [&plan, call](const Task& task) {
        timeloom::Model model(plan, task.options);
        model.set_call(call);
        return train(model, task);
    };
}

/// A network of cells has the kernels of the layers over the same cells.
std::function<Training(const Task&)> fit_cells(const timeloom::plan::Model& plan) {
    return fit(plan, read_word_by_word);
}

} // namespace

const std::vector<ModelRow>& model_table() {
    static const std::vector<ModelRow> rows{
        {"rnn_cell", "RNN cell", tokens, true, {99.355, .0260, 79.70, .6795}, fit_cells(rnn_layer_plan)},
        {"rnn_layer", "RNN layer", tokens, true, {96.35, .1137, 82.26, .4664}, fit(rnn_layer_plan)},
        {"lstm_cell", "LSTM cell", tokens, true, {93.83, .1755, 82.43, .4071}, fit_cells(lstm_layer_plan)},
        {"lstm_layer", "LSTM layer", tokens, true, {95.61, .1413, 83.40, .3987}, fit(lstm_layer_plan)},
        {"gru_cell", "GRU cell", tokens, true, {94.17, .1771, 82.82, .3955}, fit_cells(gru_layer_plan)},
        {"gru_layer", "GRU layer", tokens, true, {95.59, .1378, 83.38, .4122}, fit(gru_layer_plan)},
        {"bilstm", "bidirectional LSTM", long_tokens, false, {97.22, .0870, 86.16, .3949}, fit(bilstm_plan)},
    };
    return rows;
}

} // namespace imdb
