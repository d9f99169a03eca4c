#include "timeloom/generators/import/reference/replay.hpp"

#include "timeloom/generators/import/description/shapes.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/weights/weights_file.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace timeloom::importing {

namespace {

constexpr std::size_t samples = 4;

/// Multiples of 1/64 in [-1, 1), and token ids.
class Numbers {
  public:
    float value() { return static_cast<float>(static_cast<int>(next() % 128) - 64) / 64; }
    float token(int vocabulary) {
        return static_cast<float>(next() % static_cast<std::uint64_t>(vocabulary));
    }

  private:
    std::uint64_t next() {
        state_ = state_ * 6364136223846793005u + 1442695040888963407u;
        return state_ >> 40;
    }
    std::uint64_t state_ = 42;
};

Shape shape_of(const ValueShape& shape) {
    const bool is_tokens = shape.rank == ValueShape::Rank::tokens;
    return {samples, static_cast<std::size_t>(shape.timesteps),
            static_cast<std::size_t>(is_tokens ? 1 : shape.features)};
}

/// The smallest vocabulary of the embeddings that read the input.
int vocabulary(const Description& description, const std::string& input) {
    int least = 1 << 24;
    for (const Layer& layer : description.layers)
        if (layer.kind == Kind::embedding && layer.reads.at(0) == input)
            least = std::min(least, layer.features);
    return least;
}

/// Where steps can be masked, the last ones of all samples but the first are: a tail of zeros or mask values.
void mask_tails(const Description& description, const Layer& input, Tensor& values) {
    const auto masks = [&](const Layer& l) {
        return (l.kind == Kind::masking || (l.kind == Kind::embedding && l.masks_zero)) &&
               l.reads.at(0) == input.name;
    };
    const auto masking = std::ranges::find_if(description.layers, masks);
    if (masking == description.layers.end())
        return;
    const float padding = masking->kind == Kind::masking ? static_cast<float>(masking->mask_value) : 0.0f;
    const std::size_t steps = values.shape()[1];
    for (std::size_t s = 0; s < samples; ++s) {
        for (std::size_t t = 0; t < steps; ++t) {
            const bool is_padding = t > 0 && t + s >= steps;
            for (float& v : values.row(s * steps + t))
                v = is_padding ? padding : masking->kind == Kind::embedding && v == 0 ? 1.0f : v;
        }
    }
}

Sequence sample_of(const Tensor& values, std::size_t sample) {
    const std::size_t steps = values.shape()[1];
    Sequence result{values.row_size(), {}, std::vector<char>(steps, 1)};
    for (std::size_t t = 0; t < steps; ++t) {
        const auto row = std::as_const(values).row(sample * steps + t);
        result.values.insert(result.values.end(), row.begin(), row.end());
    }
    return result;
}

std::vector<Sequence> outputs_of(const Description& description,
                                 const std::map<std::string, Tensor>& inputs) {
    std::vector<Sequence> outputs;
    for (std::size_t s = 0; s < inputs.begin()->second.shape()[0]; ++s) {
        std::map<std::string, Sequence> of_sample;
        for (const auto& [name, values] : inputs)
            of_sample[name] = sample_of(values, s);
        outputs.push_back(interpret(description, of_sample));
    }
    return outputs;
}

Tensor as_three_axes(const Tensor& given, const Shape& shape, const std::string& name,
                     const std::filesystem::path& path) {
    const std::size_t rows = given.rank() == 0 ? 0 : given.shape()[0];
    if (rows == 0 || given.size() != rows * shape[1] * shape[2])
        throw Error("the file " + path.string() + " cannot be replayed: its tensor '" + name +
                    "' has the shape " + to_string(given.shape()) + ", but the model's is " +
                    to_string(shape) + " for any number of samples");
    return Tensor({rows, shape[1], shape[2]}, given.values());
}

} // namespace

Replay make_replay(const Description& description) {
    const auto shapes = check_shapes(description);
    Replay replay;
    Numbers numbers;
    for (const Layer& layer : description.layers) {
        if (layer.kind != Kind::input)
            continue;
        Tensor values(shape_of(shapes.at(layer.name)));
        const bool is_tokens = shapes.at(layer.name).rank == ValueShape::Rank::tokens;
        for (float& v : values.values())
            v = is_tokens ? numbers.token(vocabulary(description, layer.name)) : numbers.value();
        mask_tails(description, layer, values);
        replay.inputs[layer.name] = values;
    }
    replay.output = Tensor(shape_of(shapes.at(description.layers.back().name)));
    auto to = replay.output.values().begin();
    for (const Sequence& output : outputs_of(description, replay.inputs))
        to = std::ranges::transform(output.values, to, [](double v) { return static_cast<float>(v); }).out;
    return replay;
}

Replay read_replay(const std::filesystem::path& path, const Description& description) {
    const auto shapes = check_shapes(description);
    const WeightsFile file = load_weights(path);
    const auto find = [&](const std::string& name) -> const Tensor& {
        const auto found = std::ranges::find(file.tensors, name, &NamedTensor::name);
        if (found == file.tensors.end())
            throw Error("the file " + path.string() + " cannot be replayed: it has no tensor '" + name + "'");
        return found->tensor;
    };
    std::vector<std::string> names;
    for (const Layer& layer : description.layers)
        if (layer.kind == Kind::input)
            names.push_back(layer.name);
    Replay replay;
    for (const std::string& name : names) {
        const std::string key = names.size() == 1 ? "input" : "input/" + name;
        replay.inputs[name] = as_three_axes(find(key), shape_of(shapes.at(name)), key, path);
    }
    replay.output =
        as_three_axes(find("output"), shape_of(shapes.at(description.layers.back().name)), "output", path);
    for (const auto& [name, values] : replay.inputs)
        if (values.shape()[0] != replay.output.shape()[0])
            throw Error("the file " + path.string() +
                        " cannot be replayed: inputs and output have other numbers of samples");
    return replay;
}

double largest_difference(const Description& description, const Replay& replay) {
    double difference = 0, scale = 1;
    auto expected = replay.output.values().begin();
    for (const Sequence& output : outputs_of(description, replay.inputs)) {
        for (const double v : output.values) {
            // Written so that it is not finite where one of them is not.
            const double d = std::abs(v - static_cast<double>(*expected));
            difference = d <= difference ? difference : d;
            scale = std::max(scale, 1 + std::abs(static_cast<double>(*expected++)));
        }
    }
    return difference / scale;
}

} // namespace timeloom::importing
