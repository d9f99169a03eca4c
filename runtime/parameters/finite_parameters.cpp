#include "timeloom/runtime/parameters/finite_parameters.hpp"

#include "timeloom/runtime/base/finite.hpp"
#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <vector>

namespace timeloom::detail {

namespace {

std::string position_of(const plan::Parameter& parameter, std::size_t index) {
    const auto columns = static_cast<std::size_t>(parameter.columns);
    return parameter.is_vector
               ? "(" + std::to_string(index) + ")"
               : "(" + std::to_string(index / columns) + ", " + std::to_string(index % columns) + ")";
}

} // namespace

void require_finite(const std::string& where, const plan::Parameter& parameter,
                    std::span<const float> values) {
    const std::size_t index = first_not_finite(values);
    if (index < values.size()) {
        throw Error(where + ": " + std::string(parameter.name) + " holds " + std::to_string(values[index]) +
                    " at " + position_of(parameter, index) + "; parameters must be finite numbers");
    }
}

const plan::Parameter* find_not_finite(const plan::Model& model, std::span<const float> buffer) {
    const auto found = std::ranges::find_if(model.parameters, [&](const plan::Parameter& p) {
        std::vector<float> values(p.size());
        unpack(p, buffer, values);
        return !all_finite(values);
    });
    return found == model.parameters.end() ? nullptr : &*found;
}

} // namespace timeloom::detail
