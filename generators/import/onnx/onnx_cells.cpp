#include "timeloom/generators/import/onnx/onnx_cells.hpp"

#include "timeloom/generators/import/description/shapes.hpp"
#include "timeloom/generators/import/formats/gate_table.hpp"
#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <optional>
#include <vector>

namespace timeloom::importing {

namespace {

/// The operands of a cell by their places.
enum : std::size_t { place_w = 1, place_r, place_b, place_h = 5, place_c, place_p };

struct DefaultParameters {
    std::optional<float> alpha{}, beta{};
};

DefaultParameters parameters_of(const std::string& activation) {
    if (activation == "leaky_relu_01")
        return {.alpha = 0.01f};
    if (activation == "elu")
        return {.alpha = 1.0f};
    if (activation == "hard_sigmoid_02")
        return {.alpha = 0.2f, .beta = 0.5f};
    return {};
}

class Cell {
  public:
    Cell(const OnnxNode& node, const std::string& name, const OnnxConstants& constants)
        : node_(node), name_(name), constants_(constants) {
        kind_ = node.op == "LSTM" ? Kind::lstm : node.op == "GRU" ? Kind::gru : Kind::simple_rnn;
        const std::string direction = node.text("direction", "forward");
        if (direction != "forward" && direction != "reverse" && direction != "bidirectional")
            refuse("its direction '" + direction + "' is none of ONNX's");
        directions_ = direction == "bidirectional" ? 2 : 1;
        backwards_ = direction == "reverse";
    }

    Layer layer() const {
        if (directions_ == 1) {
            Layer layer = direction(0);
            layer.go_backwards = backwards_;
            return layer;
        }
        Layer both{.kind = Kind::bidirectional, .name = name_, .return_sequences = true};
        both.inner = {direction(0), direction(1)};
        if (both.inner[0].activation != both.inner[1].activation ||
            both.inner[0].recurrent_activation != both.inner[1].recurrent_activation ||
            both.inner[0].extras != both.inner[1].extras)
            refuse("its two directions have other activations, which cannot be imported");
        for (const char* role : {"initial_h", "initial_c"})
            if (both.inner[0].has(role) != both.inner[1].has(role))
                refuse("one of its directions begins with zeros and the other does not, which cannot be "
                       "imported");
        return both;
    }

  private:
    [[noreturn]] void refuse(const std::string& why) const { throw Error(node_.label() + ": " + why); }

    /// A constant operand; null where it is missing.
    const OnnxTensor* operand(std::size_t place, const char* what, std::size_t rank) const {
        if (place >= node_.inputs.size() || node_.inputs[place].empty())
            return nullptr;
        const OnnxTensor* tensor = constants_(node_.inputs[place]);
        if (tensor == nullptr)
            refuse("its " + std::string(what) + " is no constant of the file, which cannot be imported");
        if (tensor->is_integers || tensor->shape.size() != rank || tensor->shape[0] != directions_)
            refuse("its " + std::string(what) + " has the shape " + to_string(Shape(tensor->shape)) +
                   ", which does not fit to its direction");
        return tensor;
    }

    /// The part of one direction.
    static Tensor part(const OnnxTensor& tensor, std::size_t direction) {
        const std::vector<std::size_t> shape(tensor.shape.begin() + 1, tensor.shape.end());
        const std::size_t size = Shape(shape).size();
        return Tensor(Shape(shape), std::span(tensor.floats).subspan(direction * size, size));
    }
    static Tensor part(const Tensor& vector, std::size_t first, std::size_t count) {
        return Tensor({count}, vector.values().subspan(first, count));
    }

    Layer direction(std::size_t number) const {
        Layer layer{.kind = kind_, .name = name_, .return_sequences = true};
        const OnnxTensor* w = operand(place_w, "W", 3);
        const OnnxTensor* r = operand(place_r, "R", 3);
        if (w == nullptr || r == nullptr)
            refuse("it has no weights");
        layer.units = static_cast<int>(node_.integer("hidden_size", static_cast<std::int64_t>(r->shape[2])));
        if (layer.units < 1 || static_cast<std::size_t>(layer.units) != r->shape[2])
            refuse("its hidden_size does not fit to R of shape " + to_string(Shape(r->shape)));
        layer.reset_after = node_.integer("linear_before_reset", 0) != 0;
        layer.extras.couples_gates = node_.integer("input_forget", 0) != 0;
        layer.extras.clip = static_cast<double>(node_.number("clip", 0));
        if (!(layer.extras.clip >= 0) || std::isinf(layer.extras.clip))
            refuse("its clip must be a number of at least 0");
        set_activations(layer, number);
        set_weights(layer, part(*w, number), part(*r, number), number);
        set_starts(layer, number);
        set_peepholes(layer, number);
        return layer;
    }

    void set_weights(Layer& layer, const Tensor& w, const Tensor& r, std::size_t number) const {
        FileCell file{.kernel = w, .recurrent = r, .bias = Tensor(), .recurrent_bias = Tensor()};
        if (const OnnxTensor* b = operand(place_b, "B", 2)) {
            const Tensor both = part(*b, number);
            file.bias = part(both, 0, both.size() / 2);
            file.recurrent_bias = part(both, both.size() / 2, both.size() / 2);
        }
        set_cell_weights(layer, gate_row("ONNX", kind_), file);
    }

    /// f for gates, g for the candidate and of an LSTM h for the state, one after the other for each
    /// direction.
    void set_activations(Layer& layer, std::size_t number) const {
        const std::size_t count = kind_ == Kind::lstm ? 3 : kind_ == Kind::gru ? 2 : 1;
        std::vector<std::string> names = {"Sigmoid", "Tanh", "Tanh"};
        if (count == 1)
            names = {"Tanh"};
        std::vector<std::string> all;
        if (const auto found = node_.attributes.find("activations"); found != node_.attributes.end())
            all = found->second.strings;
        if (!all.empty() && all.size() != count * directions_)
            refuse("it has " + std::to_string(all.size()) + " activations, but needs " +
                   std::to_string(count * directions_));
        if (!all.empty())
            names.assign(all.begin() + static_cast<std::ptrdiff_t>(number * count),
                         all.begin() + static_cast<std::ptrdiff_t>((number + 1) * count));
        for (std::string& name : names) {
            const std::string own = from_onnx_activation(name);
            if (own.empty())
                refuse("its activation '" + name + "' cannot be imported");
            name = own;
        }
        require_defaults(all);
        layer.activation = names[count == 1 ? 0 : 1];
        if (count > 1)
            layer.recurrent_activation = names[0];
        if (count == 3 && names[2] != names[1])
            layer.extras.output_activation = names[2];
    }

    void require_defaults(const std::vector<std::string>& activations) const {
        std::vector<float> alphas, betas;
        for (const std::string& name : activations) {
            const DefaultParameters p = parameters_of(from_onnx_activation(name));
            if (p.alpha)
                alphas.push_back(*p.alpha);
            if (p.beta)
                betas.push_back(*p.beta);
        }
        for (const auto& [name, expected] :
             {std::pair("activation_alpha", alphas), std::pair("activation_beta", betas)})
            if (const auto found = node_.attributes.find(name); found != node_.attributes.end() &&
                                                                !found->second.floats.empty() &&
                                                                found->second.floats != expected)
                refuse("its " + std::string(name) +
                       " is another than ONNX's default, which cannot be imported");
    }

    /// Constant states, which must be those of every sample: zeros, or weights of the cell.
    void set_starts(Layer& layer, std::size_t number) const {
        for (const auto& [place, role] : {std::pair(place_h, "initial_h"), std::pair(place_c, "initial_c")}) {
            if (place >= node_.inputs.size() || node_.inputs[place].empty() ||
                (place == place_c && kind_ != Kind::lstm))
                continue;
            const OnnxTensor* start = constants_(node_.inputs[place]);
            if (start == nullptr || std::ranges::all_of(start->floats, [](float v) { return v == 0; }))
                continue; // computed, which the graph's reader handles
            if (start->shape.size() != 3 || start->shape[2] != static_cast<std::size_t>(layer.units))
                refuse("its " + std::string(role) + " has the shape " + to_string(Shape(start->shape)));
            const bool batch_first = node_.integer("layout", 0) != 0;
            const std::size_t rows = start->shape[batch_first ? 0 : 1], units = start->shape[2];
            const std::size_t stride = batch_first ? start->shape[1] * units : units;
            const std::size_t first = batch_first ? number * units : number * rows * units;
            if (start->shape[batch_first ? 1 : 0] != directions_)
                refuse("its " + std::string(role) + " has the shape " + to_string(Shape(start->shape)));
            const auto row = [&](std::size_t i) {
                return std::span(start->floats).subspan(first + i * stride, units);
            };
            for (std::size_t i = 1; i < rows; ++i)
                if (!std::ranges::equal(row(i), row(0)))
                    refuse("its " + std::string(role) +
                           " differs between the samples of a batch, which cannot be imported");
            layer.weights[role] = Tensor({units}, row(0));
        }
    }

    /// P is p_i, p_o, p_f, side by side.
    void set_peepholes(Layer& layer, std::size_t number) const {
        if (kind_ != Kind::lstm)
            return;
        const OnnxTensor* p = operand(place_p, "P", 2);
        if (p == nullptr)
            return;
        const auto units = static_cast<std::size_t>(layer.units);
        const Tensor all = part(*p, number);
        if (all.size() != 3 * units)
            refuse("its P has the shape " + to_string(Shape(p->shape)));
        layer.weights["peephole_i"] = part(all, 0, units);
        layer.weights["peephole_o"] = part(all, units, units);
        layer.weights["peephole_f"] = part(all, 2 * units, units);
    }

    const OnnxNode& node_;
    std::string name_;
    const OnnxConstants& constants_;
    Kind kind_;
    std::size_t directions_ = 1;
    bool backwards_ = false;
};

} // namespace

Layer onnx_cell(const OnnxNode& node, const std::string& name, const OnnxConstants& constants) {
    return Cell(node, name, constants).layer();
}

std::string from_onnx_activation(const std::string& name) {
    static const std::map<std::string, std::string> names = {{"relu", "relu"},
                                                             {"tanh", "tanh"},
                                                             {"sigmoid", "sigmoid"},
                                                             {"softplus", "softplus"},
                                                             {"elu", "elu"},
                                                             {"softsign", "softsign"},
                                                             {"leakyrelu", "leaky_relu_01"},
                                                             {"hardsigmoid", "hard_sigmoid_02"}};
    std::string lower = name;
    std::ranges::transform(lower, lower.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto found = names.find(lower);
    return found == names.end() ? "" : found->second;
}

} // namespace timeloom::importing
