// What an ONNX file holds: a graph of nodes, and constants. The numbers of fields are those of onnx.proto.
#pragma once

#include "timeloom/runtime/tensors/tensor.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace timeloom::importing {

/// A constant of floats or of integers.
struct OnnxTensor {
    std::vector<std::size_t> shape{};
    bool is_integers = false;
    std::vector<std::int64_t> integers{};
    std::vector<float> floats{};

    Tensor tensor() const { return Tensor(Shape(shape), floats); }
};

struct OnnxAttribute {
    float f = 0;
    std::int64_t i = 0;
    std::string s{};
    std::vector<float> floats{};
    std::vector<std::int64_t> integers{};
    std::vector<std::string> strings{};
    OnnxTensor tensor{};
    bool has_tensor = false;
    bool has_graph = false;
};

struct OnnxNode {
    std::string op{}; ///< with its domain before it, unless that is ONNX's own
    std::string name{};
    std::vector<std::string> inputs{};
    std::vector<std::string> outputs{};
    std::map<std::string, OnnxAttribute> attributes{};

    std::int64_t integer(const char* attribute, std::int64_t otherwise) const;
    float number(const char* attribute, float otherwise) const;
    std::string text(const char* attribute, const std::string& otherwise) const;
    std::vector<std::int64_t> integers(const char* attribute) const;
    /// "node 'lstm' (LSTM)", to begin an error with.
    std::string label() const;
};

/// A graph's input: extents that the file leaves open are 0.
struct OnnxInput {
    std::string name{};
    std::vector<std::int64_t> shape{};
    bool is_integers = false;
};

struct OnnxGraph {
    std::vector<OnnxNode> nodes{};
    std::map<std::string, OnnxTensor> constants{};
    std::vector<OnnxInput> inputs{};
    std::vector<std::string> outputs{};
    std::string producer{};
    std::int64_t opset = 0;
};

/// Throws Error for what is cut short or malformed, weights that lie in other files, and types other than 32-
/// and 64-bit floats and integers.
OnnxGraph read_onnx_file(std::string_view bytes);

} // namespace timeloom::importing
