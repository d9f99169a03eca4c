#include "timeloom/generators/import/containers/json_tensor.hpp"
#include "timeloom/generators/import/description/normalized.hpp"
#include "timeloom/generators/import/formats/audio_models.hpp"
#include "timeloom/generators/import/formats/gate_table.hpp"
#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <vector>

namespace timeloom::importing {

namespace {

class RtNeural {
  public:
    RtNeural(const Json& json, const ImportOptions& options) : json_(json) {
        layers_.push_back(
            {.kind = Kind::input, .name = "input", .timesteps = std::max(options.timesteps, 1)});
        layers_[0].features = last_of(member(json, "in_shape", "the model"), "the model's 'in_shape'");
    }

    Description run() {
        for (const Json& layer : array(member(json_, "layers", "the model"), "the model's 'layers'"))
            add(layer);
        return normalized({.origin = "RTNeural", .layers = std::move(layers_)});
    }

  private:
    static int last_of(const Json& shape, const std::string& where) {
        if (array(shape, where).empty())
            throw Error(where + " is empty");
        return as_integer(shape.back(), where);
    }

    void add(const Json& json) {
        const std::string type = text_member(json, "type", "a layer");
        const std::string where = "layer " + std::to_string(layers_.size()) + " (" + type + ")";
        const std::string activation = text_or(json, "activation", "", where);
        Layer layer{.name = type + "_" + std::to_string(layers_.size()), .reads = {layers_.back().name}};
        if (type == "activation") {
            layer.kind = Kind::activation;
            layer.activation = activation;
            layers_.push_back(std::move(layer));
            return;
        }
        layer.units = last_of(member(json, "shape", where), where + ": its 'shape'");
        const Json& weights = array(member(json, "weights", where), where + ": its 'weights'");
        if (type == "lstm" || type == "gru") {
            add_cell(std::move(layer), type == "lstm" ? Kind::lstm : Kind::gru, activation, weights, where);
        } else if (type == "dense" || type == "time-distributed-dense") {
            if (weights.size() != 1) // without a bias
                require_weights(weights, 2, where);
            layer.kind = Kind::dense;
            layer.activation = activation.empty() ? "linear" : activation;
            layer.use_bias = weights.size() == 2;
            layer.weights["kernel"] = tensor_of(weights[0], where);
            if (layer.use_bias)
                layer.weights["bias"] = tensor_of(weights[1], where);
            layers_.push_back(std::move(layer));
        } else {
            throw Error(
                where +
                ": layers of this type cannot be imported; those that can are dense, time-distributed-dense, "
                "lstm, gru and activation");
        }
    }

    /// RTNeural computes tanh and sigmoid whatever the file says.
    void add_cell(Layer layer, Kind kind, const std::string& activation, const Json& weights,
                  const std::string& where) {
        if (!activation.empty() && activation != "tanh")
            throw Error(where + ": its activation is '" + activation +
                        "', but RTNeural computes tanh whatever the file says");
        require_weights(weights, 3, where);
        layer.kind = kind;
        layer.activation = "tanh";
        layer.return_sequences = true;
        FileCell file{.kernel = tensor_of(weights[0], where),
                      .recurrent = tensor_of(weights[1], where),
                      .bias = tensor_of(weights[2], where),
                      .recurrent_bias = Tensor()};
        if (kind == Kind::gru) {
            const Tensor both = file.bias;
            if (both.rank() != 2 || both.shape()[0] != 2)
                throw Error(where + ": its bias has the shape " + to_string(both.shape()) +
                            ", but a GRU's has two rows");
            file.bias = Tensor({both.row_size()}, both.row(0));
            file.recurrent_bias = Tensor({both.row_size()}, both.row(1));
        }
        set_cell_weights(layer, gate_row("RTNeural", kind), file);
        layers_.push_back(std::move(layer));
    }

    static void require_weights(const Json& weights, std::size_t count, const std::string& where) {
        if (weights.size() != count)
            throw Error(where + ": it has " + std::to_string(weights.size()) + " weights, but needs " +
                        std::to_string(count));
    }

    const Json& json_;
    std::vector<Layer> layers_;
};

} // namespace

Description read_rtneural(const Json& json, const ImportOptions& options) {
    return RtNeural(json, options).run();
}

} // namespace timeloom::importing
