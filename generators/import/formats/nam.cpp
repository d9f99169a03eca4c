#include "timeloom/generators/import/description/normalized.hpp"
#include "timeloom/generators/import/formats/audio_models.hpp"
#include "timeloom/generators/import/formats/gate_table.hpp"
#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <vector>

namespace timeloom::importing {

namespace {

constexpr int most_units = 1 << 14;

/// The list of all weights, taken from its beginning.
class Weights {
  public:
    explicit Weights(const Json& json) : json_(array(json, "the model's 'weights'")) {}

    Tensor take(const Shape& shape) {
        if (shape.size() > json_.size() - at_)
            throw Error("the model has " + std::to_string(json_.size()) +
                        " weights, but its layers need more");
        Tensor values(shape);
        for (float& v : values.values()) {
            v = static_cast<float>(as_number(json_[at_], "weight " + std::to_string(at_)));
            ++at_;
        }
        return values;
    }
    void require_end() const {
        if (at_ != json_.size())
            throw Error("the model has " + std::to_string(json_.size()) + " weights, but its layers need " +
                        std::to_string(at_));
    }

  private:
    const Json& json_;
    std::size_t at_ = 0;
};

/// Columns `first` … of a matrix.
Tensor columns(const Tensor& matrix, std::size_t first, std::size_t count) {
    Tensor result({matrix.rows(), count});
    for (std::size_t r = 0; r < matrix.rows(); ++r)
        std::ranges::copy(matrix.row(r).subspan(first, count), result.row(r).begin());
    return result;
}

bool is_zero(const Tensor& values) {
    return std::ranges::all_of(values.values(), [](float v) { return v == 0; });
}

/// One matrix of input and state side by side, a bias, and the states that a stream begins with.
Layer lstm(Weights& weights, std::size_t features, std::size_t units, int number) {
    Layer layer{.kind = Kind::lstm, .name = "lstm_" + std::to_string(number)};
    layer.units = static_cast<int>(units);
    layer.activation = "tanh";
    layer.return_sequences = true;
    const Tensor both = weights.take({4 * units, features + units});
    const FileCell file{.kernel = columns(both, 0, features),
                        .recurrent = columns(both, features, units),
                        .bias = weights.take({4 * units}),
                        .recurrent_bias = Tensor()};
    set_cell_weights(layer, gate_row("NAM", Kind::lstm), file);
    const Tensor h = weights.take({units}), c = weights.take({units});
    if (!is_zero(h))
        layer.weights["initial_h"] = h;
    if (!is_zero(c))
        layer.weights["initial_c"] = c;
    return layer;
}

} // namespace

Description read_nam(const Json& json, const ImportOptions& options) {
    const std::string architecture = text_member(json, "architecture", "the model");
    if (architecture != "LSTM")
        throw Error("its architecture is " + architecture +
                    ", but of Neural Amp Modeler's only LSTM can be imported");
    const Json& config = member(json, "config", "the model");
    const int features =
        has_member(config, "input_size") ? integer_member(config, "input_size", "its config") : 1;
    const int units = integer_member(config, "hidden_size", "its config");
    const int count = integer_member(config, "num_layers", "its config");
    for (const int size : {features, units, count})
        if (size < 1 || size > most_units)
            throw Error("its config has a size of " + std::to_string(size) + ", which cannot be meant");
    Weights weights(member(json, "weights", "the model"));
    std::vector<Layer> layers{
        {.kind = Kind::input, .name = "input", .timesteps = std::max(options.timesteps, 1)}};
    layers[0].features = features;
    const auto width = static_cast<std::size_t>(units);
    for (int i = 0; i < count; ++i) {
        layers.push_back(lstm(weights, i == 0 ? static_cast<std::size_t>(features) : width, width, i));
        layers.back().reads = {layers[layers.size() - 2].name};
    }
    Layer head{.kind = Kind::dense, .name = "dense", .reads = {layers.back().name}};
    head.units = 1;
    head.weights["kernel"] = weights.take({width, 1});
    head.weights["bias"] = weights.take({1});
    layers.push_back(std::move(head));
    weights.require_end();
    return normalized({.origin = "Neural Amp Modeler " + text_or(json, "version", "", "the model"),
                       .layers = std::move(layers)});
}

} // namespace timeloom::importing
