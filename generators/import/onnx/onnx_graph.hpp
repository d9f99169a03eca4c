// Follows the edges of an ONNX graph and makes layers of its nodes.
#pragma once

#include "timeloom/generators/import/description/description.hpp"
#include "timeloom/generators/import/formats/import_options.hpp"
#include "timeloom/generators/import/onnx/onnx_file.hpp"
#include "timeloom/generators/import/onnx/onnx_values.hpp"
#include "timeloom/runtime/error.hpp"

#include <map>
#include <string>

namespace timeloom::importing {

/// The nodes do not fit to the axes that the inputs are taken to have.
class OnnxAxesError : public Error {
  public:
    using Error::Error;
};

class OnnxReader {
  public:
    /// `axes`: of inputs of three axes, "BTF" or "TBF"; those of two are the same without F, or "BF".
    OnnxReader(const OnnxGraph& graph, const ImportOptions& options, std::string axes);

    Description run();

  private:
    [[noreturn]] static void refuse(const OnnxNode& node, const std::string& why);
    [[noreturn]] static void refuse_axes(const OnnxNode& node, const OnnxValue& value);

    // ---- Operands ----
    const OnnxTensor* constant(const std::string& name) const;
    const OnnxValue& value(const OnnxNode& node, std::size_t place = 0) const;
    std::vector<std::optional<std::int64_t>> numbers(const OnnxNode& node, std::size_t place) const;
    std::vector<std::int64_t> integers(const OnnxNode& node, const char* attribute, std::size_t place) const;
    bool is_layer(const OnnxNode& node, std::size_t place) const;
    bool reads_numbers(const OnnxNode& node) const;
    std::int64_t axis_of(const OnnxNode& node, const OnnxValue& value, std::int64_t axis) const;

    // ---- Results ----
    void set(const OnnxNode& node, OnnxValue value, std::size_t output = 0);
    /// A new layer that reads these, with the first one's axes.
    OnnxValue add_layer(Layer layer, const std::vector<OnnxValue>& reads);
    std::string new_name(const OnnxNode& node);

    // ---- Nodes ----
    void read_inputs();
    void read(const OnnxNode& node);
    bool moves_zeros(const OnnxNode& node) const;
    bool read_shape_node(const OnnxNode& node);
    void read_numbers_node(const OnnxNode& node);
    bool read_axes_node(const OnnxNode& node);
    bool read_dense_node(const OnnxNode& node);
    bool read_pointwise_node(const OnnxNode& node);
    bool is_over_features(const OnnxNode& node, std::int64_t axis) const;
    void read_softmax(const OnnxNode& node);
    void read_layer_normalization(const OnnxNode& node);
    static std::string activation_of(const OnnxNode& node);
    void read_activation(const OnnxNode& node, const std::string& activation);
    void read_cell(const OnnxNode& node);
    void read_gather(const OnnxNode& node);
    void read_slice(const OnnxNode& node);
    void read_reshape(const OnnxNode& node);
    void read_dense(const OnnxNode& node, const OnnxTensor& kernel, bool is_transposed,
                    const OnnxTensor* bias);
    void read_bias(const OnnxNode& node, std::size_t place);
    void read_join(const OnnxNode& node, Kind kind);
    void read_concat(const OnnxNode& node);
    void read_pooling(const OnnxNode& node, Kind kind);
    void start_states(const OnnxNode& node, Layer& layer) const;
    OnnxValue state(const Layer& layer, const std::string& name, const OnnxValue& like);
    OnnxValue last_step(const OnnxNode& node, const OnnxValue& value);
    std::string last_step_of(const OnnxNode& node, const std::string& layer);
    Layer& find(const std::string& name);

    const OnnxGraph& graph_;
    const ImportOptions& options_;
    std::string axes_;
    std::map<std::string, OnnxValue> values_;
    std::map<std::string, OnnxTensor> constants_; ///< of Constant nodes
    std::map<std::string, int> uses_;
    std::vector<Layer> layers_;
    int numbered_ = 0;
};

/// The layers that lead to the output, each after those that it reads; recurrent layers whose last outputs
/// alone are read hand on nothing else.
std::vector<Layer> without_unused(const std::vector<Layer>& layers, const std::string& output);

} // namespace timeloom::importing
