// Owning, zero-initialised array of floats with a shape: what the runtime passes around.
#include "timeloom/runtime/tensors/tensor.hpp"

#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <string>

namespace timeloom {

namespace {

void require_equal_length(std::size_t length, std::size_t expected, const std::string& where) {
    if (length != expected)
        throw Error(where + " has " + std::to_string(length) + " entries, but the first has " +
                    std::to_string(expected) + "; a tensor needs equal lengths, pad or cut them first");
}

} // namespace

Tensor::Tensor(const Shape& shape, std::span<const float> values) : Tensor(shape) {
    if (values.size() != size())
        throw Error("a tensor of shape " + to_string(shape) + " needs " + std::to_string(size()) +
                    " values, but values of shape " + to_string(Shape{values.size()}) + " were given");
    std::copy(values.begin(), values.end(), values_.begin());
}

Tensor Tensor::from_values(const std::vector<float>& values) { return Tensor(Shape{values.size()}, values); }

Tensor Tensor::from_rows(const std::vector<std::vector<float>>& rows) {
    const std::size_t width = rows.empty() ? 0 : rows.front().size();
    Tensor result(Shape{rows.size(), width});
    for (std::size_t i = 0; i < rows.size(); ++i) {
        require_equal_length(rows[i].size(), width, "Row " + std::to_string(i));
        std::copy(rows[i].begin(), rows[i].end(), result.data() + i * width);
    }
    return result;
}

Tensor Tensor::from_sequences(const std::vector<std::vector<std::vector<float>>>& sequences) {
    const std::size_t timesteps = sequences.empty() ? 0 : sequences.front().size();
    const std::size_t features = timesteps == 0 ? 0 : sequences.front().front().size();
    Tensor result(Shape{sequences.size(), timesteps, features});
    float* next = result.data();
    for (std::size_t b = 0; b < sequences.size(); ++b) {
        const std::string sequence = "Sequence " + std::to_string(b);
        require_equal_length(sequences[b].size(), timesteps, sequence);
        for (std::size_t t = 0; t < timesteps; ++t) {
            const std::vector<float>& step = sequences[b][t];
            require_equal_length(step.size(), features, sequence + ", timestep " + std::to_string(t));
            next = std::copy(step.begin(), step.end(), next);
        }
    }
    return result;
}

void Tensor::refuse_row(std::size_t index) const {
    throw Error("a tensor of shape " + to_string(shape_) + " has " + std::to_string(rows()) +
                " rows, so that there is no row " + std::to_string(index));
}

void Tensor::refuse_indices(std::initializer_list<std::size_t> indices) const {
    std::string text;
    for (const std::size_t index : indices)
        text += (text.empty() ? "" : ", ") + std::to_string(index);
    throw Error("the indices (" + text + ") do not lie within a tensor of shape " + to_string(shape_) +
                "; it takes one for each axis, from 0");
}

void Tensor::fill(float value) { std::fill(values_.begin(), values_.end(), value); }

void Tensor::reshape(const Shape& shape) {
    if (shape.size() != size())
        throw Error("a tensor of shape " + to_string(shape_) + " cannot be reshaped to " + to_string(shape) +
                    ": the numbers of values differ (" + std::to_string(size()) + " and " +
                    std::to_string(shape.size()) + ")");
    shape_ = shape;
}

void Tensor::require_shape(const Shape& expected, std::string_view what) const {
    if (shape_ != expected)
        throw Error(std::string(what) + " has shape " + to_string(shape_) + ", but shape " +
                    to_string(expected) + " is needed here");
}

} // namespace timeloom
