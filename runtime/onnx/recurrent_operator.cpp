// ONNX's own RNN, LSTM and GRU.
#include "timeloom/runtime/onnx/cell_graphs.hpp"

namespace timeloom::onnx {

using namespace detail;

namespace {

using plan::CellType;

const char* activation_name(const Activation& activation) {
    switch (*activation) {
    case plan::Operation::tanh:
        return "Tanh";
    case plan::Operation::sigmoid:
        return "Sigmoid";
    case plan::Operation::relu:
        return "Relu";
    default:
        return "Softplus";
    }
}

Attributes attributes_of(const KnownCell& cell, int units) {
    const auto activation = [](const Activation& a) { return std::string(activation_name(a)); };
    Attributes attributes{{"hidden_size", std::int64_t{units}}};
    switch (cell.type) {
    case CellType::simple_rnn:
        attributes["activations"] = Names{activation(cell.activation)};
        break;
    case CellType::lstm:
        attributes["activations"] = Names{activation(cell.recurrent_activation), activation(cell.activation),
                                          activation(cell.activation)};
        break;
    case CellType::gru:
        attributes["activations"] = Names{activation(cell.recurrent_activation), activation(cell.activation)};
        attributes["linear_before_reset"] = std::int64_t{cell.resets_before ? 0 : 1};
    }
    return attributes;
}

/// Weights of the gates one above the other, in ONNX's order.
class GateWeights {
  public:
    GateWeights(const KnownCell& cell, const plan::Equations& equations, std::span<const float> parameters)
        : cell_(cell), equations_(equations), parameters_(parameters),
          order_(plan::foreign_cell(plan::Framework::onnx, cell.type)) {}

    /// (1, gates * units, rows)
    std::string matrices(Graph& graph, int KnownGate::*which) const {
        std::vector<float> all;
        plan::PackedMatrix last;
        for_each_gate([&](const KnownGate& gate) {
            last = equations_.matrices[static_cast<std::size_t>(gate.*which)].values;
            append(all, transposed_values_of(last, parameters_));
        });
        return graph.constant(all, {1, order_.gate_count * last.units, last.rows});
    }

    /// (1, 2 * gates * units): those of the input first
    std::string biases(Graph& graph, int units) const {
        std::vector<float> all;
        for (int KnownGate::*which : {&KnownGate::bias, &KnownGate::recurrent_bias}) {
            for_each_gate([&](const KnownGate& gate) {
                const int vector = gate.*which;
                append(all, vector < 0
                                ? std::vector<float>(static_cast<std::size_t>(units))
                                : values_of(equations_.vectors[static_cast<std::size_t>(vector)].values,
                                            parameters_));
            });
        }
        return graph.constant(all, {1, static_cast<std::int64_t>(all.size())});
    }

  private:
    template <class F>
    void for_each_gate(F&& f) const {
        for (int g = 0; g < order_.gate_count; ++g) {
            f(cell_.gate(order_.gates[static_cast<std::size_t>(g)]));
        }
    }
    static void append(std::vector<float>& all, const std::vector<float>& more) {
        all.insert(all.end(), more.begin(), more.end());
    }

    const KnownCell& cell_;
    const plan::Equations& equations_;
    std::span<const float> parameters_;
    const plan::ForeignCell& order_;
};

} // namespace

bool has_operator(const KnownCell& cell) {
    return !cell.is_masked && cell.activation &&
           (cell.recurrent_activation || cell.type == CellType::simple_rnn);
}

Value add_operator(Graph& graph, const plan::Layer& layer, const KnownCell& cell,
                   const plan::Equations& equations, std::span<const float> parameters, const Value& input,
                   const Names& initial) {
    const Numbers time_first{1, 0, 2};
    const GateWeights weights(cell, equations, parameters);
    const bool is_lstm = cell.type == CellType::lstm;
    Names inputs{graph.add("Transpose", {input.name}, {{"perm", time_first}}),
                 weights.matrices(graph, &KnownGate::kernel),
                 weights.matrices(graph, &KnownGate::recurrent_kernel),
                 cell.has_biases() ? weights.biases(graph, layer.units) : ""};
    if (!initial.empty()) {
        inputs.push_back(""); // all sequences have all steps
        for (const std::string& state : initial) {
            inputs.push_back(unsqueezed(graph, state, 0));
        }
    }
    const char* const type = is_lstm ? "LSTM" : cell.type == CellType::gru ? "GRU" : "RNN";
    const Names outputs = graph.add(type, inputs, is_lstm ? 3 : 2, attributes_of(cell, layer.units));

    Value result{.timesteps = layer.output_timesteps(), .width = layer.units};
    for (std::size_t state = 1; state < outputs.size(); ++state) {
        result.final_states.push_back(squeezed(graph, outputs[state], 0));
    }
    result.is_sequence = layer.return_sequences;
    result.name = layer.return_sequences
                      ? graph.add("Transpose", {squeezed(graph, outputs[0], 1)}, {{"perm", time_first}})
                      : result.final_states[0];
    return result;
}

} // namespace timeloom::onnx
