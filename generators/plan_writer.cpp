#include "timeloom/generators/plan_writer.hpp"

#include "timeloom/generators/plan_text.hpp"

namespace timeloom::generators {

namespace {

template <class T>
const char* type_name();
template <>
const char* type_name<int>() {
    return "int";
}
template <>
const char* type_name<float>() {
    return "float";
}
template <>
const char* type_name<std::string_view>() {
    return "std::string_view";
}
template <>
const char* type_name<plan::PackedMatrix>() {
    return "PackedMatrix";
}
template <>
const char* type_name<plan::KernelArgument>() {
    return "KernelArgument";
}
template <>
const char* type_name<plan::ValueSource>() {
    return "ValueSource";
}
template <>
const char* type_name<plan::StateSource>() {
    return "StateSource";
}
template <>
const char* type_name<plan::Operand>() {
    return "Operand";
}
template <>
const char* type_name<plan::State>() {
    return "State";
}
template <>
const char* type_name<plan::Product>() {
    return "Product";
}
template <>
const char* type_name<plan::GradientRun>() {
    return "GradientRun";
}
template <>
const char* type_name<plan::Term>() {
    return "Term";
}
template <>
const char* type_name<plan::CellMatrix>() {
    return "CellMatrix";
}
template <>
const char* type_name<plan::CellVector>() {
    return "CellVector";
}

} // namespace

/// Writes the array and returns its name; of no values it does nothing.
template <class T>
std::string plan_writer::array(const std::string& name, std::span<const T> values) {
    if (values.empty()) {
        return "";
    }
    out_ << "inline constexpr " << type_name<T>() << " " << name << "[] = {";
    const char* separator = "";
    for (const T& value : values) {
        out_ << separator << text_of(value);
        separator = ", ";
    }
    out_ << "};\n";
    return name;
}

void plan_writer::write_array(const std::string& name, std::span<const plan::KernelArgument> arguments) {
    array(name, arguments);
}

/// A span of none is empty, too; an array could not be.
void plan_writer::write_lines(const std::string& type, const std::string& name,
                              const std::vector<std::string>& elements) {
    out_ << "inline constexpr std::array<" << type << ", " << elements.size() << "> " << name << "{{\n";
    for (const std::string& element : elements) {
        out_ << "    " << element << ",\n";
    }
    out_ << "}};\n\n";
}

void plan_writer::write_inputs(const plan::Model& model) {
    std::vector<std::string> lines;
    for (const plan::Input& i : model.inputs) {
        lines.push_back(member_list()
                            .add("name", i.name)
                            .add("timesteps", i.timesteps)
                            .add("features", i.features, 0)
                            .add("is_sequence", i.is_sequence, true)
                            .add("is_ragged", i.is_ragged, false)
                            .text());
    }
    write_lines("Input", "inputs", lines);
}

std::string plan_writer::described_cell(const plan::Cell& c, const std::string& prefix) {
    const auto transposed = [&](const plan::TransposedMatrices& t, const std::string& name) {
        const std::string matrices = array(prefix + name, t.matrices);
        return matrices.empty() ? matrices
                                : member_list().add_text("matrices", matrices).add("offset", t.offset).text();
    };
    return member_list()
        .add_text("states", array(prefix + "states", c.states))
        .add("output_state", c.output_state, -1)
        .add("has_step_mask", c.has_step_mask, false)
        .add("may_look_up_input", c.may_look_up_input, false)
        .add("saved", c.saved, 0)
        .add("gates", c.gates)
        .add("vectors", c.vectors, 0)
        .add("input_affines", c.input_affines, 0)
        .add_text("products", array(prefix + "products", c.products))
        .add_text("gradient_runs", array(prefix + "gradient_runs", c.gradient_runs))
        .add_text("vector_factors", array(prefix + "vector_factors", c.vector_factors))
        .add_text("input_gates", array(prefix + "input_gates", c.input_gates))
        .add_text("recurrent", transposed(c.recurrent, "recurrent"))
        .add_text("input", transposed(c.input, "input"))
        .text();
}

void plan_writer::write_layers(const plan::Model& model) {
    std::vector<std::string> lines;
    for (const plan::Layer& l : model.layers) {
        const plan::Layer usual{};
        const int number = static_cast<int>(lines.size());
        const std::string prefix = "layer_" + std::to_string(number) + "_";
        out_ << "// " << l.name << "\n";
        member_list members;
        members.add("kind", l.kind)
            .add("name", l.name)
            .add("type", l.type)
            .add("timesteps", l.timesteps)
            .add("features", l.features)
            .add("units", l.units)
            .add_text("reads", array(prefix + "reads", l.reads))
            .add_text("initial_states", array(prefix + "initial_states", l.initial_states));
        plan::for_each_option(l, usual, [&](const char* name, const auto& value, const auto& otherwise) {
            members.add(name, value, otherwise);
        });
        if (l.kind == plan::LayerKind::layer_normalization) {
            members.add("normalized", l.normalized);
        }
        members.add("pooled", l.pooled, usual.pooled)
            .add("kernels_of", l.kernels_of)
            .add("parameters_of", l.parameters_of)
            .add("has_parameters", l.has_parameters, usual.has_parameters)
            .add("vectors", l.vectors, usual.vectors);
        if (l.kind == plan::LayerKind::cell) {
            members.add_text("cell", described_cell(l.cell, prefix));
        }
        lines.push_back(members.text());
        out_ << "\n";
    }
    write_lines("Layer", "layers", lines);
}

std::string plan_writer::described_equations(const plan::Equations& e, const std::string& prefix) {
    std::string affines;
    for (std::size_t i = 0; i < e.affines.size(); ++i) {
        const std::string name = prefix + "affine_" + std::to_string(i) + "_";
        affines += (affines.empty() ? "" : ", ") +
                   member_list()
                       .add_text("matrices", array(name + "matrices", e.affines[i].matrices))
                       .add_text("vectors", array(name + "vectors", e.affines[i].vectors))
                       .text();
    }
    if (!affines.empty()) {
        out_ << "inline constexpr Affine " << prefix << "affines[] = {" << affines << "};\n";
        affines = prefix + "affines";
    }
    return member_list()
        .add_text("terms", array(prefix + "terms", e.terms))
        .add_text("affines", affines)
        .add_text("matrices", array(prefix + "matrices", e.matrices))
        .add_text("vectors", array(prefix + "vectors", e.vectors))
        .add_text("next_states", array(prefix + "next_states", e.next_states))
        .add("output", e.output, -1)
        .text();
}

void plan_writer::write_equations(const plan::Model& model) {
    std::vector<std::string> lines;
    for (const plan::Equations& e : model.equations) {
        lines.push_back(described_equations(e, "layer_" + std::to_string(lines.size()) + "_"));
    }
    write_lines("Equations", "equations", lines);
}

void plan_writer::write_parameters(const plan::Model& model) {
    std::vector<std::string> lines;
    for (const plan::Parameter& p : model.parameters) {
        const plan::Parameter usual{};
        const std::string prefix = "parameter_" + std::to_string(lines.size()) + "_";
        lines.push_back(member_list()
                            .add("name", p.name)
                            .add("layer", p.layer)
                            .add("rows", p.rows)
                            .add("columns", p.columns)
                            .add("is_vector", p.is_vector, usual.is_vector)
                            .add_text("blocks", array(prefix + "blocks", p.blocks))
                            .add_text("gates", array(prefix + "gates", p.gates))
                            .add("start", p.start)
                            .add_text("initial", array(prefix + "initial", p.initial))
                            .add("penalty", p.penalty, usual.penalty)
                            .add("max_norm", p.max_norm, usual.max_norm)
                            .text());
    }
    out_ << "\n";
    write_lines("Parameter", "parameters", lines);
}

std::string plan_writer::described(const plan::Kernel& k, const std::string& call,
                                   const std::string& arguments) const {
    return member_list()
        .add("layer", k.layer)
        .add("kind", k.kind)
        .add("variant", k.variant)
        .add("name", k.name)
        .add_text("call", call)
        .add_text("signature", arguments)
        .text();
}

void plan_writer::write_kernels(const std::string& name, const std::vector<std::string>& described) {
    out_ << "\n";
    write_lines("Kernel", name, described);
}

void plan_writer::write_model(const plan::Model& model, const std::string& name, const std::string& detail,
                              const std::string& kernels) {
    const auto of = [&](const std::string& array) { return detail + "::" + array; };
    const plan::Tuning& t = model.tuning;
    const std::string tuning = member_list()
                                   .add("row_tile", t.row_tile)
                                   .add("steps_ahead", t.steps_ahead)
                                   .add("cache", t.cache)
                                   .add("training_cache", t.training_cache)
                                   .add("distinct_percent", t.distinct_percent)
                                   .text();
    out_ << "inline constexpr timeloom::plan::Model " << name << "{\n    .name = \"" << model.name
         << "\",\n    .fingerprint = " << model.fingerprint << "ull,\n    .inputs = " << of("inputs")
         << ",\n    .layers = " << of("layers") << ",\n    .parameters = " << of("parameters")
         << ",\n    .parameters_size = " << model.parameters_size
         << ",\n    .dense_begin = " << model.dense_begin
         << ",\n    .transposed_size = " << model.transposed_size << ",\n    .kernels = " << of(kernels)
         << ",\n    .equations = " << of("equations") << ",\n    .tuning = " << tuning << "};\n";
}

} // namespace timeloom::generators
