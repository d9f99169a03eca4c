#include "timeloom/generators/import/keras/keras_references.hpp"

#include "timeloom/runtime/error.hpp"

namespace timeloom::importing {

namespace {

/// Adds the tensors of an argument: one, or a list of them.
void add_tensors(const Json& argument, std::vector<KerasReference>& to, const std::string& where) {
    if (argument.is_array()) {
        for (const Json& one : argument)
            add_tensors(one, to, where);
    } else if (argument.is_object() && argument.value("class_name", "") == "__keras_tensor__") {
        to.push_back(
            keras_reference(member(member(argument, "config", where), "keras_history", where), where));
    } else if (!argument.is_null()) {
        throw Error(where + ": one of its arguments is no layer's output, which cannot be imported");
    }
}

KerasReads of_keras_3(const Json& node, const std::string& where) {
    KerasReads reads;
    const Json& arguments = array(member(node, "args", where), where);
    for (std::size_t i = 0; i < arguments.size(); ++i)
        add_tensors(arguments[i], i == 0 ? reads.values : reads.initial_states, where);
    const Json none = Json::object();
    for (const auto& [name, value] : (has_member(node, "kwargs") ? node.at("kwargs") : none).items()) {
        if (name == "initial_state")
            add_tensors(value, reads.initial_states, where);
        else if (name == "mask")
            add_tensors(value, reads.masks, where);
        else if (name == "inputs" || name == "sequences")
            add_tensors(value, reads.values, where);
        else if (!value.is_null() && name != "training")
            throw Error(where + ": its argument '" + name + "' cannot be imported");
    }
    return reads;
}

/// A list of [name, node, tensor, keywords]. A recurrent layer's initial states stand behind what it reads.
KerasReads of_keras_2(const Json& node, const std::string& where) {
    KerasReads reads;
    for (const Json& one : array(node, where)) {
        const Json& keywords = one.is_array() && one.size() > 3 ? one[3] : Json::object();
        for (const auto& [name, value] : keywords.items())
            if (!value.is_null() && name != "training")
                throw Error(where + ": its argument '" + name + "' cannot be imported");
        reads.values.push_back(keras_reference(one, where));
    }
    return reads;
}

} // namespace

KerasReference keras_reference(const Json& triple, const std::string& where) {
    if (!triple.is_array() || triple.size() < 3)
        throw Error(where + ": what it reads is not given as layer, node and tensor");
    if (as_integer(triple[1], where) != 0)
        throw Error(where + ": it reads the second use of layer '" + as_text(triple[0], where) +
                    "'; layers that are used twice cannot be imported");
    return {as_text(triple[0], where), as_integer(triple[2], where)};
}

KerasReads keras_reads(const Json& inbound_nodes, const std::string& where) {
    if (array(inbound_nodes, where).size() != 1)
        throw Error(where + ": it is used " + std::to_string(inbound_nodes.size()) +
                    " times; layers that are used twice cannot be imported");
    const Json& node = inbound_nodes[0];
    return node.is_object() ? of_keras_3(node, where) : of_keras_2(node, where);
}

} // namespace timeloom::importing
