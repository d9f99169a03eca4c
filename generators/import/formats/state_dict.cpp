#include "timeloom/generators/import/formats/state_dict.hpp"

#include "timeloom/generators/import/containers/json_tensor.hpp"
#include "timeloom/generators/import/description/activations.hpp"
#include "timeloom/generators/import/description/normalized.hpp"
#include "timeloom/generators/import/formats/chain.hpp"
#include "timeloom/generators/import/formats/gate_table.hpp"
#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <vector>

namespace timeloom::importing {

namespace {

/// The activations whose names in PyTorch are others than here.
std::string from_torch(const std::string& name) {
    static const std::map<std::string, std::string> names = {
        {"leaky_relu", "leaky_relu_01"}, {"hardtanh", "hard_tanh"}, {"hardsigmoid", "hard_sigmoid"}};
    const auto found = names.find(name);
    return found == names.end() ? name : found->second;
}

class StateDict {
  public:
    StateDict(std::vector<NamedTensor> tensors, const ImportOptions& options) : options_(options) {
        for (NamedTensor& t : tensors) {
            const std::size_t dot = t.name.rfind('.');
            const std::string module = dot == std::string::npos ? "" : t.name.substr(0, dot);
            modules_[module][t.name.substr(dot + 1)] = std::move(t.tensor);
        }
        if (options.layers.empty())
            throw Error("a state_dict does not tell how its modules follow each other; give them with "
                        "--layers, as in "
                        "--layers \"emb embedding, lstm, last, fc, sigmoid\"; it has the modules " +
                        modules());
    }

    Description run() {
        const std::vector<ChainElement> elements = parse_chain(options_.layers);
        if (elements.empty())
            throw Error("--layers names no layer");
        Chain chain(input(elements.front()));
        for (const ChainElement& element : elements)
            add(element, chain);
        for (const auto& [name, tensors] : modules_)
            if (!used_.contains(name))
                throw Error("module '" + name +
                            "' of the file stands nowhere in --layers, so that it would be left out");
        return normalized({.origin = "PyTorch", .layers = std::move(chain).layers()});
    }

  private:
    using Module = std::map<std::string, Tensor>;

    std::string modules() const {
        std::string list;
        for (const auto& [name, tensors] : modules_)
            list += (list.empty() ? "'" : ", '") + name + "'";
        return list;
    }

    const Module* module_of(const ChainElement& element) const {
        const auto found = modules_.find(element.word);
        return found == modules_.end() ? nullptr : &found->second;
    }

    static bool has_option(const ChainElement& element, const char* option) {
        return std::ranges::find(element.options, option) != element.options.end();
    }

    static bool is_recurrent(const Module& m) {
        return m.contains("weight_hh_l0") || m.contains("weight_hh");
    }
    static bool is_matrix(const Module& m) { return m.contains("weight") && m.at("weight").rank() == 2; }

    bool is_embedding(const ChainElement& element, const Module& m, bool is_first) const {
        if (!is_matrix(m) || m.contains("bias") || has_option(element, "linear"))
            return false;
        if (is_first && !has_option(element, "embedding"))
            throw Error("module '" + element.word +
                        "' is a matrix without a bias, which may be an Embedding or a Linear; say '" +
                        element.word + " embedding' or '" + element.word + " linear' in --layers");
        return has_option(element, "embedding");
    }

    Layer input(const ChainElement& first) const {
        const Module* m = module_of(first);
        if (m == nullptr)
            throw Error("--layers begins with '" + first.word + "', which is no module of the file; it has " +
                        modules());
        Layer layer{.kind = Kind::input, .name = "input", .timesteps = options_.timesteps};
        if (is_embedding(first, *m, true) || is_recurrent(*m))
            if (options_.timesteps < 1)
                throw Error("a state_dict does not tell how many time steps the model reads; give them with "
                            "--timesteps");
        if (is_recurrent(*m)) {
            const Tensor& kernel =
                m->contains("weight_ih_l0") ? m->at("weight_ih_l0") : tensor(first.word, *m, "weight_ih");
            layer.features = static_cast<int>(kernel.row_size());
        } else if (!is_embedding(first, *m, true)) {
            layer.features = static_cast<int>(tensor(first.word, *m, "weight").row_size());
        }
        return layer;
    }

    void add(const ChainElement& element, Chain& chain) {
        if (const Module* m = module_of(element)) {
            if (!used_.insert(element.word).second)
                throw Error("module '" + element.word +
                            "' stands in --layers twice, which cannot be imported");
            const bool is_first = used_.size() == 1;
            if (is_recurrent(*m))
                add_recurrent(element, *m, chain);
            else if (is_embedding(element, *m, is_first))
                add_embedding(element, *m, chain);
            else if (is_matrix(*m))
                add_linear(element, *m, chain);
            else
                add_normalization(element, *m, chain);
        } else {
            add_word(element, chain);
        }
    }

    static const Tensor& tensor(const std::string& module, const Module& m, const std::string& name) {
        const auto found = m.find(name);
        if (found == m.end())
            throw Error("module '" + module + "' has no tensor '" + name + "'");
        return found->second;
    }

    /// All tensors of a module must be read.
    static void require_only(const ChainElement& element, const Module& m,
                             const std::set<std::string>& names) {
        if (m.contains("weight_hr_l0"))
            throw Error(
                "module '" + element.word +
                "' is an LSTM with proj_size, whose states are projected; such layers cannot be imported");
        for (const auto& [name, values] : m) {
            if (!names.contains(name))
                throw Error("module '" + element.word + "' has a tensor '" + name +
                            "', so that it is none of RNN, LSTM, GRU, Embedding, Linear and LayerNorm, which "
                            "can be imported");
        }
    }

    static void require_options(const ChainElement& element, const std::set<std::string>& known) {
        for (const std::string& option : element.options)
            if (!known.contains(option) && !(known.contains("epsilon=") && option.starts_with("epsilon=")))
                throw Error("--layers: '" + element.word + "' has no option '" + option + "'");
    }

    void add_recurrent(const ChainElement& element, const Module& m, Chain& chain) {
        require_options(element, {"relu"});
        const bool is_cell = m.contains("weight_hh"); // an nn.LSTMCell and the like
        std::set<std::string> read;
        for (int number = 0; is_cell ? number == 0 : m.contains("weight_hh_l" + std::to_string(number));
             ++number) {
            const std::string suffix = is_cell ? "" : "_l" + std::to_string(number);
            Layer forward = cell(element, m, suffix, read);
            const bool is_single = is_cell || !m.contains("weight_hh_l1");
            const std::string name = element.word + (is_single ? "" : suffix);
            if (!m.contains("weight_hh" + suffix + "_reverse")) {
                forward.name = name;
                chain.append(std::move(forward));
                continue;
            }
            Layer both{.kind = Kind::bidirectional, .name = name, .return_sequences = true};
            both.inner = {std::move(forward), cell(element, m, suffix + "_reverse", read)};
            chain.append(std::move(both));
        }
        require_only(element, m, read);
    }

    static Layer cell(const ChainElement& element, const Module& m, const std::string& suffix,
                      std::set<std::string>& read) {
        const auto get = [&](const char* name) -> const Tensor& {
            read.insert(name + suffix);
            return tensor(element.word, m, name + suffix);
        };
        const Tensor& recurrent = get("weight_hh");
        if (m.contains("weight_hr_l0"))
            require_only(element, m, read);
        const std::size_t units = recurrent.row_size(), gates = units == 0 ? 0 : recurrent.rows() / units;
        if (units == 0 || units > 1u << 24 || recurrent.rows() % units != 0 ||
            (gates != 1 && gates != 3 && gates != 4))
            throw Error("module '" + element.word + "' has a weight_hh" + suffix + " of shape " +
                        to_string(recurrent.shape()) + ", which is none of an RNN, LSTM or GRU");
        Layer layer{.kind = gates == 4   ? Kind::lstm
                            : gates == 3 ? Kind::gru
                                         : Kind::simple_rnn,
                    .name = element.word};
        layer.units = static_cast<int>(units);
        layer.activation = has_option(element, "relu") ? "relu" : "tanh";
        if (layer.kind != Kind::simple_rnn && layer.activation == "relu")
            throw Error("--layers: '" + element.word + "' is no nn.RNN, so that it has no option 'relu'");
        layer.return_sequences = true;
        FileCell file{
            .kernel = get("weight_ih"), .recurrent = recurrent, .bias = Tensor(), .recurrent_bias = Tensor()};
        if (m.contains("bias_ih" + suffix)) {
            file.bias = get("bias_ih");
            file.recurrent_bias = get("bias_hh");
        }
        set_cell_weights(layer, gate_row("PyTorch", layer.kind), file);
        return layer;
    }

    static void add_embedding(const ChainElement& element, const Module& m, Chain& chain) {
        require_options(element, {"embedding"});
        require_only(element, m, {"weight"});
        const Tensor& table = m.at("weight");
        Layer layer{.kind = Kind::embedding, .name = element.word};
        layer.features = static_cast<int>(table.rows());
        layer.units = static_cast<int>(table.row_size());
        layer.weights["embeddings"] = table;
        chain.append(std::move(layer));
    }

    static void add_linear(const ChainElement& element, const Module& m, Chain& chain) {
        require_options(element, {"linear"});
        require_only(element, m, {"weight", "bias"});
        Layer layer{.kind = Kind::dense, .name = element.word};
        layer.units = static_cast<int>(m.at("weight").rows());
        layer.weights["kernel"] = transposed(m.at("weight"));
        layer.use_bias = m.contains("bias");
        if (layer.use_bias)
            layer.weights["bias"] = m.at("bias");
        chain.append(std::move(layer));
    }

    static void add_normalization(const ChainElement& element, const Module& m, Chain& chain) {
        require_options(element, {"epsilon="});
        require_only(element, m, {"weight", "bias"});
        Layer layer{.kind = Kind::layer_normalization, .name = element.word};
        layer.weights["gamma"] = tensor(element.word, m, "weight");
        layer.epsilon = 1e-5;
        for (const std::string& option : element.options)
            layer.epsilon = number_of(option);
        layer.center = m.contains("bias");
        if (layer.center)
            layer.weights["beta"] = m.at("bias");
        chain.append(std::move(layer));
    }

    static double number_of(const std::string& option) {
        const std::string text = option.substr(option.find('=') + 1);
        double value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc{} || end != text.data() + text.size() || !(value >= 0))
            throw Error("--layers: '" + option + "' needs a number of at least 0");
        return value;
    }

    static void add_word(const ChainElement& element, Chain& chain) {
        require_options(element, {});
        static const std::map<std::string, Kind> kinds = {{"mean", Kind::global_average_pooling},
                                                          {"max", Kind::global_max_pooling},
                                                          {"flatten", Kind::flatten}};
        if (element.word == "last")
            return chain.keep_last_step();
        if (element.word == "final")
            return chain.keep_final_states();
        if (const auto kind = kinds.find(element.word); kind != kinds.end())
            return chain.append({.kind = kind->second, .name = element.word});
        const std::string activation = from_torch(element.word);
        if (activation != "softmax")
            find_activation(
                activation,
                "--layers has '" + element.word +
                    "', which is no module of the file and none of last, final, mean, max, flatten, "
                    "softmax");
        chain.activate(activation);
    }

    const ImportOptions& options_;
    std::map<std::string, Module> modules_;
    std::set<std::string> used_;
};

} // namespace

Description read_state_dict(std::vector<NamedTensor> tensors, const ImportOptions& options) {
    return StateDict(std::move(tensors), options).run();
}

std::vector<NamedTensor> tensors_of(const Json& json) {
    std::vector<NamedTensor> tensors;
    for (const auto& [name, values] : json.items())
        tensors.push_back({name, tensor_of(values, "tensor '" + name + "'")});
    return tensors;
}

} // namespace timeloom::importing
