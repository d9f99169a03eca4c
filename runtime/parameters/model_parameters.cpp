#include "timeloom/runtime/parameters/model_parameters.hpp"

#include "timeloom/runtime/error.hpp"

#include <algorithm>

namespace timeloom::detail {

Shape shape_of(const plan::Parameter& parameter) {
    const auto columns = static_cast<std::size_t>(parameter.columns);
    return parameter.is_vector ? Shape{columns} : Shape{static_cast<std::size_t>(parameter.rows), columns};
}

const plan::Parameter& find_parameter(const plan::Model& model, const std::string& name) {
    std::string names;
    for (const plan::Parameter& p : model.parameters) {
        if (p.name == name) {
            return p;
        }
        names += (names.empty() ? "" : ", ") + std::string(p.name);
    }
    throw Error("the model has no parameter \"" + name + "\"; it has " + names);
}

std::vector<const plan::Parameter*> declared_parameters(const plan::Model& model) {
    std::vector<const plan::Parameter*> declared;
    for (const plan::Parameter& p : model.parameters) {
        declared.push_back(&p);
    }
    std::ranges::stable_sort(declared, {}, &plan::Parameter::layer);
    return declared;
}

const plan::Parameter* other_bias(const plan::Model& model, const plan::Parameter& parameter) {
    const std::size_t slash = parameter.name.rfind('/');
    const std::string_view role = parameter.name.substr(slash + 1);
    const std::string_view other = role == "bias" ? "recurrent_bias" : role == "recurrent_bias" ? "bias" : "";
    for (const plan::Parameter& p : model.parameters) {
        if (!other.empty() && p.layer == parameter.layer && p.name.substr(slash + 1) == other &&
            p.columns == parameter.columns) {
            return &p;
        }
    }
    return nullptr;
}

namespace {

/// Calls f(position in the model's buffer, position in the parameter, count) for all values that lie side by
/// side in both.
template <class F>
void for_each_run(const plan::Parameter& parameter, F&& f) {
    std::size_t at = 0;
    for (int row = 0; row < parameter.rows; ++row) {
        for (const plan::PackedMatrix& block : parameter.blocks) {
            for (int unit = 0; unit < block.units; unit += block.lanes) {
                const int count = std::min(block.lanes, block.units - unit);
                f(block.index(row, unit), at, count);
                at += static_cast<std::size_t>(count);
            }
        }
    }
}

} // namespace

void unpack(const plan::Parameter& parameter, std::span<const float> buffer, std::span<float> values) {
    for_each_run(parameter, [&](std::size_t in_buffer, std::size_t at, int count) {
        std::copy_n(buffer.data() + in_buffer, count, values.data() + at);
    });
}

void pack(const plan::Parameter& parameter, std::span<const float> values, std::span<float> buffer) {
    for_each_run(parameter, [&](std::size_t in_buffer, std::size_t at, int count) {
        std::copy_n(values.data() + at, count, buffer.data() + in_buffer);
    });
}

} // namespace timeloom::detail
