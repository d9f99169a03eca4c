// A model's layers, output shapes and parameters as a table with Keras's columns.
#include "timeloom/runtime/model/model.hpp"

#include "timeloom/runtime/base/as_error.hpp"
#include "timeloom/runtime/model/model_impl.hpp"

#include <algorithm>
#include <array>

namespace timeloom {

namespace {

using Row = std::array<std::string, 3>; ///< layer, output shape, parameters

/// 1378945 as 1,378,945
std::string with_separators(std::size_t value) {
    std::string text = std::to_string(value);
    for (std::size_t digits = 3; digits < text.size(); digits += 4) {
        text.insert(text.size() - digits, ",");
    }
    return text;
}

std::string output_shape(const plan::Layer& layer, bool is_sequence) {
    return "(None, " + (is_sequence ? std::to_string(layer.output_timesteps()) + ", " : "") +
           std::to_string(layer.units) + ")";
}

std::string input_shape(const plan::Input& input) {
    return "(None, " +
           (input.is_sequence ? std::to_string(input.timesteps) : std::to_string(input.features)) +
           (input.is_sequence && input.features > 0 ? ", " + std::to_string(input.features) : "") + ")";
}

/// Numbers stand at the right of their column, text at the left.
std::string as_line(const Row& row, const std::array<std::size_t, 3>& widths) {
    const auto spaces = [&](std::size_t column) {
        return std::string(widths[column] - row[column].size(), ' ');
    };
    return row[0] + spaces(0) + "  " + row[1] + spaces(1) + "  " + spaces(2) + row[2] + "\n";
}

/// The gates of each cell that has several; both directions of a layer have the same.
std::string lines_of_gates(std::span<const plan::Parameter> parameters) {
    std::string lines = "\n";
    for (const plan::Parameter& p : parameters) {
        std::string line(p.name.substr(0, p.name.rfind('/')));
        line.resize(std::min({line.size(), line.find("/forward_"), line.find("/backward_")}));
        const char* separator = ": ";
        for (const std::string_view gate : p.gates) {
            line += separator + std::string(gate);
            separator = ", ";
        }
        const bool is_new = lines.find("\n" + line + "\n") == std::string::npos;
        if (!p.is_vector && p.gates.size() > 1 && is_new) {
            lines += line + "\n";
        }
    }
    return lines.size() == 1 ? "" : "Gates, side by side in matrices and biases:" + lines;
}

} // namespace

std::string Model::summary() const try {
    std::vector<Row> rows{{"Layer (type)", "Output Shape", "Param #"}};
    const plan::Model& plan = require_impl("Model::summary").plan();
    const std::span<const plan::Layer> layers = plan.layers;
    for (const plan::Input& input : plan.inputs) {
        if (plan.inputs.size() > 1) {
            rows.push_back({std::string(input.name) + " (InputLayer)", input_shape(input), "0"});
        }
    }
    for (std::size_t i = 0; i < layers.size(); ++i) {
        // What a layer wraps is called <name>/…: the last of these tells the layer's output.
        const std::string name(layers[i].declared_name());
        if (i + 1 < layers.size() && (std::string(layers[i + 1].name) + "/").starts_with(name + "/")) {
            continue;
        }
        std::size_t count = 0;
        for (const plan::Parameter& p : plan.parameters) {
            count += p.name.starts_with(name + "/") ? p.size() : 0;
        }
        const std::string shape = output_shape(layers[i], plan.is_sequence(plan.node_of_layer(i)));
        const bool unmerged = layers[i].name.starts_with(name + "/backward_");
        rows.push_back({name + " (" + std::string(layers[i].type) + ")",
                        unmerged ? "[" + shape + ", " + shape + "]" : shape, with_separators(count)});
    }

    std::array<std::size_t, 3> widths{};
    for (const Row& row : rows) {
        for (std::size_t column = 0; column < row.size(); ++column) {
            widths[column] = std::max(widths[column], row[column].size());
        }
    }
    const std::string rule(widths[0] + widths[1] + widths[2] + 4, '-');
    std::string text = as_line(rows[0], widths) + rule + "\n";
    for (std::size_t i = 1; i < rows.size(); ++i) {
        text += as_line(rows[i], widths);
    }
    return text + rule + "\nTotal params: " + with_separators(count_parameters()) + "\n" +
           lines_of_gates(plan.parameters);
} catch (...) {
    detail::rethrow_as_error("summary");
}

} // namespace timeloom
