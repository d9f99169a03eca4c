#include "timeloom/runtime/onnx/graph.hpp"

namespace timeloom::onnx {

namespace {

/// Fields of ONNX's messages, by their numbers in onnx.proto.
namespace field {
enum graph { node = 1, name = 2, initializer = 5, input = 11, output = 12 };
enum node_fields { node_input = 1, node_output = 2, node_name = 3, op_type = 4, attribute = 5 };
enum attribute_fields { attribute_name = 1, f = 2, i = 3, s = 4, g = 6, ints = 8, strings = 9, type = 20 };
enum tensor { dims = 1, data_type = 2, tensor_name = 8, raw_data = 9 };
enum value_info { value_name = 1, value_type = 2, tensor_type = 1, elem_type = 1, shape = 2 };
enum dimension { dim = 1, dim_value = 1, dim_param = 2 };
} // namespace field

/// AttributeProto's types.
enum Type { type_float = 1, type_int = 2, type_string = 3, type_graph = 5, type_ints = 7, type_strings = 8 };

class AttributeWriter {
  public:
    explicit AttributeWriter(const std::string& name) { wire_.text(field::attribute_name, name); }

    void operator()(std::int64_t value) { wire_.number(field::i, value), end(type_int); }
    void operator()(float value) { wire_.real(field::f, value), end(type_float); }
    void operator()(const std::string& value) { wire_.text(field::s, value), end(type_string); }
    void operator()(const Graph* value) { wire_.message(field::g, value->message("step")), end(type_graph); }
    void operator()(const Numbers& values) {
        for (const std::int64_t value : values) {
            wire_.number(field::ints, value);
        }
        end(type_ints);
    }
    void operator()(const Names& values) {
        for (const std::string& value : values) {
            wire_.text(field::strings, value);
        }
        end(type_strings);
    }

    const Wire& wire() const { return wire_; }

  private:
    void end(Type type) { wire_.number(field::type, type); }
    Wire wire_;
};

Wire value_info(const std::string& name, Element element, const Numbers& extents) {
    Wire shape;
    for (const std::int64_t extent : extents) {
        Wire dimension;
        if (extent < 0) {
            dimension.text(field::dim_param, "batch");
        } else {
            dimension.number(field::dim_value, extent);
        }
        shape.message(field::dim, dimension);
    }
    Wire tensor, type, info;
    tensor.number(field::elem_type, static_cast<int>(element));
    tensor.message(field::shape, shape);
    type.message(field::tensor_type, tensor);
    info.text(field::value_name, name);
    info.message(field::value_type, type);
    return info;
}

} // namespace

std::string Graph::new_name(const std::string& type) {
    Graph& all = outermost();
    return all.layer_ + "/" + type + "_" + std::to_string(all.values_++);
}

std::string Graph::add(const std::string& type, const Names& inputs, const Attributes& attributes) {
    return add(type, inputs, 1, attributes)[0];
}

Names Graph::add(const std::string& type, const Names& inputs, std::size_t outputs,
                 const Attributes& attributes) {
    Wire node;
    for (const std::string& input : inputs) {
        node.text(field::node_input, input);
    }
    Names names;
    for (std::size_t i = 0; i < outputs; ++i) {
        names.push_back(new_name(type));
        node.text(field::node_output, names.back());
    }
    node.text(field::node_name, names.front());
    node.text(field::op_type, type);
    for (const auto& [name, value] : attributes) {
        AttributeWriter attribute(name);
        std::visit(attribute, value);
        node.message(field::attribute, attribute.wire());
    }
    nodes_.message(field::node, node);
    return names;
}

std::string Graph::add_constant(Element element, const Numbers& shape, std::string_view bytes) {
    const std::string name = new_name("constant");
    Wire tensor;
    for (const std::int64_t extent : shape) {
        tensor.number(field::dims, extent);
    }
    tensor.number(field::data_type, static_cast<int>(element));
    tensor.text(field::tensor_name, name);
    tensor.text(field::raw_data, bytes);
    outermost().constants_.message(field::initializer, tensor);
    return name;
}

std::string Graph::constant(std::vector<float> values, const Numbers& shape) {
    return add_constant(Element::real, shape,
                        {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)});
}

std::string Graph::constant(const Numbers& values) {
    return add_constant(Element::whole, {static_cast<std::int64_t>(values.size())},
                        {reinterpret_cast<const char*>(values.data()), values.size() * sizeof values[0]});
}

std::string Graph::scalar(std::int64_t value) {
    return add_constant(Element::whole, {}, {reinterpret_cast<const char*>(&value), sizeof value});
}

void Graph::add_input(const std::string& name, Element element, const Numbers& shape) {
    ends_.message(field::input, value_info(name, element, shape));
}

void Graph::add_output(const std::string& name, const Numbers& shape) {
    ends_.message(field::output, value_info(name, Element::real, shape));
}

Wire Graph::message(const std::string& name) const {
    Wire graph;
    graph.text(field::name, name);
    for (const Wire* part : {&nodes_, &constants_, &ends_}) {
        graph.append(*part);
    }
    return graph;
}

} // namespace timeloom::onnx
