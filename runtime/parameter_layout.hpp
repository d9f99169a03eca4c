// Where a model's parameters lie in its one buffer, and under which names and shapes they are known outside.
#pragma once

#include "timeloom/dsl/network.hpp"
#include "timeloom/dsl/products.hpp"
#include "timeloom/runtime/initializers.hpp"
#include "timeloom/runtime/shape.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace timeloom {

/// A parameter as Keras knows it, e.g. lstm/recurrent_kernel of shape (units, gates * units), gates side by
/// side. Vectors have one row. Columns [i * units, (i + 1) * units) are the packed matrix blocks[i].
struct Parameter {
    std::string name;
    int rows = 1;
    int columns = 0;
    bool is_vector = false;
    std::vector<dsl::packed_matrix> blocks;
    std::vector<std::string>
        gates;                  ///< of matrices and biases of a cell: whose columns these are, block by block
    dsl::parameter_rules rules; ///< with Keras's `start` where the layer gave none
    std::vector<float> initial; ///< for vectors: the starting value of each block that has one, else 0

    Shape shape() const {
        const auto width = static_cast<std::size_t>(columns);
        return is_vector ? Shape{width} : Shape{static_cast<std::size_t>(rows), width};
    }
    std::size_t size() const { return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns); }
    /// Position in the model's buffer of the element at (row, column).
    std::size_t index(int row, int column) const;
};

/// Offsets of one layer's parameters, in floats from the start of the model's buffer.
struct LayerOffsets {
    std::vector<std::size_t> groups; ///< packed matrices of each product group of the cell
    std::size_t vectors = 0;         ///< vectors of the layer, one after the other; or the embedding's table
    bool has_parameters = false;
};

/// In memory embedding tables come first, so that what every training step touches is one contiguous range
/// behind them. A layer that shares another one's parameters has the offsets of that one.
class ParameterLayout {
  public:
    explicit ParameterLayout(const dsl::network& network);

    std::size_t size() const { return size_; }
    /// Start of the parameters that are no embedding tables.
    std::size_t dense_begin() const { return dense_begin_; }
    const LayerOffsets& layer(std::size_t i) const { return layers_[i]; }
    bool has_parameters(std::size_t layer) const { return layers_[layer].has_parameters; }
    /// In the order of the memory.
    const std::vector<Parameter>& parameters() const { return parameters_; }
    /// Number `i` in the order of the layers, which is Keras's.
    const Parameter& declared(std::size_t i) const { return parameters_[as_declared_[i]]; }
    /// Throws Error listing the names there are.
    const Parameter& find(const std::string& name) const;
    /// Where Keras keeps a bias and a recurrent bias as rows of one parameter, of one of them the other.
    const Parameter* other_bias(const Parameter& parameter) const;

    /// Reads a parameter out of the buffer into a row-major (rows, columns) array, and back.
    static void unpack(const Parameter& parameter, std::span<const float> buffer, std::span<float> values);
    static void pack(const Parameter& parameter, std::span<const float> values, std::span<float> buffer);

  private:
    void add(const dsl::layer& layer, LayerOffsets& offsets);
    void add_embedding(const dsl::layer& layer, LayerOffsets& offsets);
    void add_cell(const dsl::layer& layer, LayerOffsets& offsets);
    void add_normalization(const dsl::layer& layer, LayerOffsets& offsets);
    void name_matrices(const dsl::layer& layer, const LayerOffsets& offsets);
    void name_vectors(const dsl::layer& layer, const LayerOffsets& offsets);
    std::size_t allocate(std::size_t floats);

    std::size_t size_ = 0;
    std::size_t dense_begin_ = 0;
    std::vector<LayerOffsets> layers_;
    std::vector<Parameter> parameters_;
    std::vector<std::size_t> as_declared_; ///< numbers of parameters
};

/// Fills the buffer with initial values as the layers' rules say, else with Keras's: glorot_uniform kernels,
/// orthogonal recurrent kernels, zero biases (one for a forget gate), embeddings uniform in ±0.05.
void initialize_parameters(const ParameterLayout& layout, std::uint64_t seed, std::span<float> buffer);

} // namespace timeloom
