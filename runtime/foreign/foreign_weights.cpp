#include "timeloom/runtime/foreign/foreign_weights.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/foreign/known_cell.hpp"
#include "timeloom/runtime/parameters/model_parameters.hpp"

#include <algorithm>
#include <array>

namespace timeloom::detail {

namespace {

using plan::CellType;
using plan::Framework;
using plan::LayerKind;

/// A matrix or vector of other layout than ours, row by row.
struct Block {
    std::size_t rows = 0, columns = 0;
    std::vector<float> values{};
};

Block block_of(const plan::PackedMatrix& matrix, std::span<const float> parameters) {
    Block b{static_cast<std::size_t>(matrix.rows), static_cast<std::size_t>(matrix.units)};
    for (int row = 0; row < matrix.rows; ++row) {
        for (int unit = 0; unit < matrix.units; ++unit) {
            b.values.push_back(parameters[matrix.index(row, unit)]);
        }
    }
    return b;
}

Block transposed(const Block& b) {
    Block t{b.columns, b.rows};
    for (std::size_t column = 0; column < b.columns; ++column) {
        for (std::size_t row = 0; row < b.rows; ++row) {
            t.values.push_back(b.values[row * b.columns + column]);
        }
    }
    return t;
}

/// One below the other.
void append(Block& all, const Block& more) {
    all.rows += more.rows;
    all.columns = more.columns;
    all.values.insert(all.values.end(), more.values.begin(), more.values.end());
}

Block as_row(Block b) { return {1, b.rows * b.columns, std::move(b.values)}; }

/// Collects the tensors of a plan, layer by layer.
class ForeignWeights {
  public:
    ForeignWeights(const plan::Model& plan, std::span<const float> parameters)
        : plan_(plan), parameters_(parameters) {}

    std::vector<NamedTensor> keras() {
        for_each_layer([&](std::size_t i) { add_keras(i); });
        return std::move(tensors_);
    }
    std::vector<NamedTensor> pytorch() {
        for_each_layer([&](std::size_t i) { add_pytorch(i); });
        return std::move(tensors_);
    }

  private:
    /// Calls f for every layer that has parameters of its own.
    template <class F>
    void for_each_layer(F&& f) const {
        for (std::size_t i = 0; i < plan_.layers.size(); ++i) {
            if (plan_.layers[i].has_parameters && plan_.layers[i].parameters_of == static_cast<int>(i)) {
                f(i);
            }
        }
    }

    void add(const std::string& name, const Block& b, bool is_vector = false) {
        const Shape shape = is_vector ? Shape{b.rows * b.columns} : Shape{b.rows, b.columns};
        tensors_.push_back({name, Tensor(shape, b.values)});
    }

    // ---- A cell's parts in an order of gates ----

    Block matrices(const plan::Equations& e, const KnownCell& cell, Framework to,
                   int KnownGate::*which) const {
        Block all;
        const plan::ForeignCell& order = plan::foreign_cell(to, cell.type);
        for (int g = 0; g < order.gate_count; ++g) {
            const int m = cell.gate(order.gates[static_cast<std::size_t>(g)]).*which;
            append(all, transposed(block_of(e.matrices[static_cast<std::size_t>(m)].values, parameters_)));
        }
        return plan::has_gates_in_rows(to) ? all : transposed(all);
    }

    /// Zeros for those that the cell has not.
    Block biases(const plan::Layer& layer, const plan::Equations& e, const KnownCell& cell, Framework to,
                 int KnownGate::*which) const {
        Block all;
        const plan::ForeignCell& order = plan::foreign_cell(to, cell.type);
        for (int g = 0; g < order.gate_count; ++g) {
            const int v = cell.gate(order.gates[static_cast<std::size_t>(g)]).*which;
            const auto units = static_cast<std::size_t>(layer.units);
            append(all, v < 0 ? Block{1, units, std::vector<float>(units)}
                              : block_of(e.vectors[static_cast<std::size_t>(v)].values, parameters_));
        }
        return as_row(std::move(all));
    }

    /// "forward" or "backward" of a layer that is one of two directions, else "".
    static std::string_view direction_of(const plan::Layer& layer) {
        const std::string_view inner = layer.name.substr(layer.declared_name().size());
        return inner.starts_with("/forward_") ? "forward" : inner.starts_with("/backward_") ? "backward" : "";
    }

    // ---- Keras ----

    /// The path of a variable: Keras puts the cell between a recurrent layer and its parameters, and calls
    /// the cells of a stack by their kind.
    static std::string keras_path(const plan::Layer& layer, const plan::Parameter& p,
                                  const std::optional<KnownCell>& cell) {
        constexpr std::array<const char*, 3> kinds{"simple_rnn", "lstm", "gru"};
        const std::string parameter(p.name.substr(p.name.rfind('/')));
        const std::string layer_name(layer.name), declared(layer.declared_name());
        const bool is_stacked = layer.type == "RNN" && layer_name != declared && direction_of(layer).empty();
        if (!cell) {
            return layer_name + parameter;
        }
        const std::string kind = kinds[static_cast<std::size_t>(cell->type)];
        if (!is_stacked) {
            return layer_name + "/" + kind + "_cell" + parameter;
        }
        const std::string number = layer_name.substr(std::min(layer_name.rfind('_'), layer_name.size()));
        const bool is_numbered =
            number.size() > 1 && number.find_first_not_of("0123456789", 1) == number.npos;
        return declared + "/stacked_rnn_cells/" + kind + "_cell" + (is_numbered ? number : "") + parameter;
    }

    void add_keras(std::size_t number) {
        const std::optional<KnownCell> cell = known_cell(plan_.equations[number]);
        for (const plan::Parameter& p : plan_.parameters) {
            if (p.layer != static_cast<int>(number)) {
                continue;
            }
            Block b{static_cast<std::size_t>(p.rows), static_cast<std::size_t>(p.columns)};
            b.values.resize(p.size());
            unpack(p, parameters_, b.values);
            const plan::Parameter* const other = other_bias(plan_, p);
            if (other == nullptr) {
                add(keras_path(plan_.layers[number], p, cell), b, p.is_vector);
            } else if (p.name.ends_with("/bias")) { // both as the rows of one
                Block second{1, b.columns, std::vector<float>(other->size())};
                unpack(*other, parameters_, second.values);
                append(b, second);
                add(keras_path(plan_.layers[number], p, cell), b);
            }
        }
    }

    // ---- PyTorch ----

    [[noreturn]] static void refuse(const plan::Layer& layer, const std::string& why) {
        throw Error("save_weights: layer " + std::string(layer.name) + " " + why +
                    "; save_onnx() writes every model");
    }

    /// The layer's name as that of a member of a torch module; both directions of a layer have one.
    static std::pair<std::string, std::string> module_and_suffix(const plan::Layer& layer) {
        std::string name(layer.name);
        const std::string_view direction = direction_of(layer);
        if (!direction.empty() || layer.type == "TimeDistributed") {
            name = layer.declared_name();
        }
        std::ranges::replace(name, '/', '.');
        return {name + ".", direction == "backward" ? "_reverse" : ""};
    }

    void add_pytorch(std::size_t number) {
        const plan::Layer& layer = plan_.layers[number];
        const plan::Equations& e = plan_.equations[number];
        const std::string module = module_and_suffix(layer).first;
        if (layer.kind == LayerKind::cell) {
            return layer.cell.states.empty() ? add_linear(layer, e, module) : add_recurrent(layer, e);
        }
        for (const plan::Parameter& p : plan_.parameters) { // embeddings, gamma and beta
            if (p.layer == static_cast<int>(number)) {
                Block b{static_cast<std::size_t>(p.rows), static_cast<std::size_t>(p.columns)};
                b.values.resize(p.size());
                unpack(p, parameters_, b.values);
                add(module + (p.name.ends_with("/beta") ? "bias" : "weight"), b, p.is_vector);
            }
        }
    }

    void add_linear(const plan::Layer& layer, const plan::Equations& e, const std::string& module) {
        if (e.matrices.size() != 1 || e.vectors.size() > 1) {
            refuse(layer, "is no torch.nn.Linear");
        }
        add(module + "weight", transposed(block_of(e.matrices[0].values, parameters_)));
        if (!e.vectors.empty()) {
            add(module + "bias", block_of(e.vectors[0].values, parameters_), true);
        }
    }

    void add_recurrent(const plan::Layer& layer, const plan::Equations& e) {
        const std::optional<KnownCell> cell = known_cell(e);
        if (!cell) {
            refuse(layer, "is a cell of your own, which PyTorch has not");
        }
        require_torch(layer, *cell);
        const auto [module, reverse] = module_and_suffix(layer);
        constexpr Framework to = Framework::pytorch;
        add(module + "weight_ih_l0" + reverse, matrices(e, *cell, to, &KnownGate::kernel));
        add(module + "weight_hh_l0" + reverse, matrices(e, *cell, to, &KnownGate::recurrent_kernel));
        if (cell->has_biases()) {
            add(module + "bias_ih_l0" + reverse, biases(layer, e, *cell, to, &KnownGate::bias), true);
            add(module + "bias_hh_l0" + reverse, biases(layer, e, *cell, to, &KnownGate::recurrent_bias),
                true);
        }
    }

    /// Weights of what PyTorch computes otherwise would be wrong without a word.
    static void require_torch(const plan::Layer& layer, const KnownCell& cell) {
        const bool is_rnn = cell.type == CellType::simple_rnn;
        const bool has_activation =
            cell.activation == plan::Operation::tanh || (is_rnn && cell.activation == plan::Operation::relu);
        if (!has_activation || (!is_rnn && cell.recurrent_activation != plan::Operation::sigmoid)) {
            refuse(layer, "has other activations than torch.nn." +
                              std::string(is_rnn                       ? "RNN, which has tanh and relu"
                                          : cell.type == CellType::gru ? "GRU, which has tanh and sigmoid"
                                                                       : "LSTM, which has tanh and sigmoid"));
        }
        if (cell.resets_before) {
            refuse(layer, "resets before the product with the state, but torch.nn.GRU resets after it: train "
                          "one with reset_after");
        }
    }

    const plan::Model& plan_;
    std::span<const float> parameters_;
    std::vector<NamedTensor> tensors_;
};

} // namespace

std::vector<NamedTensor> keras_weights(const plan::Model& plan, std::span<const float> parameters) {
    return ForeignWeights(plan, parameters).keras();
}

std::vector<NamedTensor> pytorch_weights(const plan::Model& plan, std::span<const float> parameters) {
    return ForeignWeights(plan, parameters).pytorch();
}

} // namespace timeloom::detail
