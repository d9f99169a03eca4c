// An ONNX graph under construction.
#pragma once

#include "timeloom/runtime/onnx/wire.hpp"

#include <map>
#include <string>
#include <variant>
#include <vector>

namespace timeloom::onnx {

class Graph;

using Names = std::vector<std::string>;
using Numbers = std::vector<std::int64_t>;
using Attribute = std::variant<std::int64_t, float, std::string, Numbers, Names, const Graph*>;
using Attributes = std::map<std::string, Attribute>;

enum class Element { real = 1, whole = 7 }; ///< 32-bit float, 64-bit integer

/// Nodes in the order in which they are added. The graph inside a Scan names values of the graph around it,
/// which also holds its constants.
class Graph {
  public:
    Graph() = default;
    explicit Graph(Graph& around) : around_(&around) {}
    Graph(const Graph&) = delete;
    Graph& operator=(const Graph&) = delete;

    /// The value of a new node of one output; "" among the inputs: one that is left out.
    std::string add(const std::string& type, const Names& inputs, const Attributes& attributes = {});
    /// The same of several outputs.
    Names add(const std::string& type, const Names& inputs, std::size_t outputs,
              const Attributes& attributes);

    std::string constant(std::vector<float> values, const Numbers& shape);
    std::string constant(float value) { return constant(std::vector<float>{value}, {}); }
    std::string constant(const Numbers& values);
    /// One integer, of no dimension.
    std::string scalar(std::int64_t value);

    /// Extents of −1 are the batch.
    void add_input(const std::string& name, Element element, const Numbers& shape);
    void add_output(const std::string& name, const Numbers& shape);

    /// What the next values' names begin with.
    void begin_layer(std::string_view name) { layer_ = name; }
    Wire message(const std::string& name) const;

  private:
    Graph& outermost() { return around_ == nullptr ? *this : around_->outermost(); }
    std::string new_name(const std::string& type);
    std::string add_constant(Element element, const Numbers& shape, std::string_view bytes);

    Graph* around_ = nullptr;
    std::string layer_;
    int values_ = 0;
    Wire nodes_, constants_, ends_; ///< fields of the message
};

} // namespace timeloom::onnx
