#include "timeloom/generators/import/onnx/onnx_file.hpp"

#include "timeloom/generators/import/containers/protobuf.hpp"
#include "timeloom/runtime/error.hpp"

#include <cstring>

namespace timeloom::importing {

namespace {

/// Calls f(field) for every field of a message.
template <class F>
void for_each_field(std::string_view bytes, F&& f) {
    WireReader in(bytes);
    for (WireField field; in.next(field);)
        f(field);
}

template <class From, class To>
void add_raw(std::string_view raw, std::vector<To>& to) {
    for (std::size_t at = 0; at + sizeof(From) <= raw.size(); at += sizeof(From)) {
        From value;
        std::memcpy(&value, raw.data() + at, sizeof value);
        to.push_back(static_cast<To>(value));
    }
}

/// TensorProto's data types.
enum : std::int64_t { type_float = 1, type_int32 = 6, type_int64 = 7, type_bool = 9, type_double = 11 };

bool is_integer_type(std::int64_t type) {
    return type == type_int32 || type == type_int64 || type == type_bool;
}

void fill(OnnxTensor& tensor, std::int64_t type, std::string_view raw) {
    if (type == type_float)
        add_raw<float>(raw, tensor.floats);
    else if (type == type_double)
        add_raw<double>(raw, tensor.floats);
    else if (type == type_int64)
        add_raw<std::int64_t>(raw, tensor.integers);
    else if (type == type_int32)
        add_raw<std::int32_t>(raw, tensor.integers);
    else if (type == type_bool)
        add_raw<std::int8_t>(raw, tensor.integers);
}

OnnxTensor tensor_of(std::string_view bytes, std::string& name) {
    OnnxTensor tensor;
    std::vector<std::int64_t> extents, location;
    std::int64_t type = 0;
    std::string_view raw;
    for_each_field(bytes, [&](const WireField& f) {
        if (f.number == 1)
            add_integers(f, extents);
        else if (f.number == 2)
            type = f.integer();
        else if (f.number == 4)
            add_singles(f, tensor.floats);
        else if (f.number == 5 || f.number == 7)
            add_integers(f, tensor.integers);
        else if (f.number == 8)
            name = f.text();
        else if (f.number == 9)
            raw = f.bytes;
        else if (f.number == 10)
            add_raw<double>(f.bytes, tensor.floats);
        else if (f.number == 14)
            location.push_back(f.integer());
    });
    const std::string where = "tensor '" + name + "'";
    if (!location.empty() && location.back() == 1)
        throw Error(where + " lies in another file; save the model as one file");
    tensor.is_integers = is_integer_type(type);
    if (!tensor.is_integers && type != type_float && type != type_double)
        throw Error(where + " has the data type " + std::to_string(type) +
                    ", but only floats and integers of 32 and 64 bits can be imported");
    fill(tensor, type, raw);
    if (extents.size() > Shape::max_rank)
        throw Error(where + " has " + std::to_string(extents.size()) + " axes");
    for (const std::int64_t extent : extents) {
        if (extent < 0)
            throw Error(where + " has an extent of " + std::to_string(extent));
        tensor.shape.push_back(static_cast<std::size_t>(extent));
    }
    const std::size_t count = tensor.is_integers ? tensor.integers.size() : tensor.floats.size();
    if (Shape(tensor.shape).size() != count)
        throw Error(where + " has the shape " + to_string(Shape(tensor.shape)) + ", but " +
                    std::to_string(count) + " values");
    return tensor;
}

OnnxAttribute attribute_of(std::string_view bytes, std::string& name) {
    OnnxAttribute a;
    for_each_field(bytes, [&](const WireField& f) {
        std::string ignored;
        if (f.number == 1)
            name = f.text();
        else if (f.number == 2)
            a.f = f.single();
        else if (f.number == 3)
            a.i = f.integer();
        else if (f.number == 4)
            a.s = f.text();
        else if (f.number == 5) {
            a.tensor = tensor_of(f.bytes, ignored);
            a.has_tensor = true;
        } else if (f.number == 6 || f.number == 11)
            a.has_graph = true;
        else if (f.number == 7)
            add_singles(f, a.floats);
        else if (f.number == 8)
            add_integers(f, a.integers);
        else if (f.number == 9)
            a.strings.push_back(f.text());
    });
    return a;
}

OnnxNode node_of(std::string_view bytes) {
    OnnxNode node;
    std::string domain;
    for_each_field(bytes, [&](const WireField& f) {
        if (f.number == 1)
            node.inputs.push_back(f.text());
        else if (f.number == 2)
            node.outputs.push_back(f.text());
        else if (f.number == 3)
            node.name = f.text();
        else if (f.number == 4)
            node.op = f.text();
        else if (f.number == 5) {
            std::string name;
            OnnxAttribute a = attribute_of(f.bytes, name);
            node.attributes[name] = std::move(a);
        } else if (f.number == 7)
            domain = f.text();
    });
    if (!domain.empty() && domain != "ai.onnx")
        node.op = domain + "." + node.op;
    return node;
}

std::int64_t dimension_of(std::string_view bytes) {
    std::int64_t value = 0;
    for_each_field(bytes, [&](const WireField& f) { value = f.number == 1 ? f.integer() : value; });
    return value;
}

/// ValueInfoProto: name, and type.tensor_type with elem_type and shape.dim.
OnnxInput input_of(std::string_view bytes) {
    OnnxInput input;
    for_each_field(bytes, [&](const WireField& f) {
        if (f.number == 1)
            input.name = f.text();
        if (f.number != 2)
            return;
        for_each_field(f.bytes, [&](const WireField& type) {
            if (type.number != 1)
                return;
            for_each_field(type.bytes, [&](const WireField& tensor) {
                if (tensor.number == 1)
                    input.is_integers = is_integer_type(tensor.integer());
                if (tensor.number == 2)
                    for_each_field(tensor.bytes, [&](const WireField& d) {
                        if (d.number == 1)
                            input.shape.push_back(dimension_of(d.bytes));
                    });
            });
        });
    });
    return input;
}

OnnxGraph graph_of(std::string_view bytes) {
    OnnxGraph graph;
    std::vector<OnnxInput> inputs;
    for_each_field(bytes, [&](const WireField& f) {
        if (f.number == 1)
            graph.nodes.push_back(node_of(f.bytes));
        else if (f.number == 5) {
            std::string name;
            OnnxTensor tensor = tensor_of(f.bytes, name);
            graph.constants[name] = std::move(tensor);
        } else if (f.number == 11)
            inputs.push_back(input_of(f.bytes));
        else if (f.number == 12)
            graph.outputs.push_back(input_of(f.bytes).name);
        else if (f.number == 15)
            throw Error("its weights are sparse, which cannot be imported");
    });
    for (OnnxInput& input : inputs) // before version 4 constants stood among the inputs, too
        if (!graph.constants.contains(input.name))
            graph.inputs.push_back(std::move(input));
    return graph;
}

} // namespace

std::int64_t OnnxNode::integer(const char* attribute, std::int64_t otherwise) const {
    const auto found = attributes.find(attribute);
    return found == attributes.end() ? otherwise : found->second.i;
}

float OnnxNode::number(const char* attribute, float otherwise) const {
    const auto found = attributes.find(attribute);
    return found == attributes.end() ? otherwise : found->second.f;
}

std::string OnnxNode::text(const char* attribute, const std::string& otherwise) const {
    const auto found = attributes.find(attribute);
    return found == attributes.end() ? otherwise : found->second.s;
}

std::vector<std::int64_t> OnnxNode::integers(const char* attribute) const {
    const auto found = attributes.find(attribute);
    return found == attributes.end() ? std::vector<std::int64_t>{} : found->second.integers;
}

std::string OnnxNode::label() const {
    return "node '" + (name.empty() && !outputs.empty() ? outputs[0] : name) + "' (" + op + ")";
}

OnnxGraph read_onnx_file(std::string_view bytes) {
    OnnxGraph graph;
    std::string producer;
    std::int64_t opset = 0;
    bool has_graph = false;
    for_each_field(bytes, [&](const WireField& f) {
        if (f.number == 2)
            producer = f.text();
        else if (f.number == 7) {
            graph = graph_of(f.bytes);
            has_graph = true;
        } else if (f.number == 8) {
            std::string domain;
            std::int64_t version = 0;
            for_each_field(f.bytes, [&](const WireField& o) {
                if (o.number == 1)
                    domain = o.text();
                if (o.number == 2)
                    version = o.integer();
            });
            if (domain.empty() || domain == "ai.onnx")
                opset = version;
        }
    });
    if (!has_graph)
        throw Error("it holds no graph; it is damaged or no ONNX file");
    graph.producer = producer;
    graph.opset = opset;
    return graph;
}

} // namespace timeloom::importing
