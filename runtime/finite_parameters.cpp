#include "timeloom/runtime/finite_parameters.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/finite.hpp"

#include <algorithm>
#include <vector>

namespace timeloom {

namespace {

std::string position_of(const Parameter& parameter, std::size_t index) {
    const auto columns = static_cast<std::size_t>(parameter.columns);
    return parameter.is_vector
               ? "(" + std::to_string(index) + ")"
               : "(" + std::to_string(index / columns) + ", " + std::to_string(index % columns) + ")";
}

} // namespace

void require_finite(const std::string& where, const Parameter& parameter, std::span<const float> values) {
    const std::size_t index = first_not_finite(values);
    if (index < values.size()) {
        throw Error(where + ": " + parameter.name + " holds " + std::to_string(values[index]) + " at " +
                    position_of(parameter, index) + "; parameters must be finite numbers");
    }
}

const Parameter* find_not_finite(const ParameterLayout& layout, std::span<const float> buffer) {
    const auto found = std::ranges::find_if(layout.parameters(), [&](const Parameter& p) {
        std::vector<float> values(p.size());
        ParameterLayout::unpack(p, buffer, values);
        return !all_finite(values);
    });
    return found == layout.parameters().end() ? nullptr : &*found;
}

} // namespace timeloom
