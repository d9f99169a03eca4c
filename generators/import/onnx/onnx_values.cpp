#include "timeloom/generators/import/onnx/onnx_values.hpp"

#include <algorithm>

namespace timeloom::importing {

namespace {

using Extents = std::vector<std::optional<std::int64_t>>;

bool is_single(char axis) { return axis == '1' || axis == 't'; }

/// True if an axis may have this extent. An extent of 0 is copied from the input; -1 and an unknown one
/// follow from the other axes.
bool may_be(char axis, const OnnxValue& value, const std::optional<std::int64_t>& extent) {
    if (!extent || *extent <= 0)
        return true;
    return axis == 'B' || axis == 'M' || axis == 'N' || (axis == 'T' && *extent == value.steps) ||
           (axis == 'F' && *extent == value.features) || (is_single(axis) && *extent == 1) || axis == 'D';
}

bool fits(const std::string& axes, const OnnxValue& value, const Extents& target) {
    if (axes.size() != target.size())
        return false;
    for (std::size_t i = 0; i < axes.size(); ++i)
        if (!may_be(axes[i], value, target[i]))
            return false;
    return true;
}

std::string without_singles(const std::string& axes) {
    std::string result;
    std::ranges::copy_if(axes, std::back_inserter(result), [](char axis) { return !is_single(axis); });
    return result;
}

} // namespace

std::string permuted(const std::string& axes, const std::vector<std::int64_t>& permutation) {
    std::string result;
    for (const std::int64_t from : permutation) {
        if (from < 0 || from >= static_cast<std::int64_t>(axes.size()))
            return "";
        result += axes[static_cast<std::size_t>(from)];
    }
    return result.size() == axes.size() ? result : "";
}

std::string reshaped(const OnnxValue& value, const Extents& target) {
    const std::string& axes = value.axes;
    if (fits(axes, value, target))
        return axes;
    const std::string dense = without_singles(axes);
    if (fits(dense, value, target))
        return dense;
    if (const auto at = dense.find("DF"); at != std::string::npos) {
        std::string merged = dense;
        merged.replace(at, 2, "F");
        if (fits(merged, value, target))
            return merged;
    }
    const bool is_rows = target.size() == 2 && target[1] && *target[1] == value.features;
    if (is_rows && (!target[0] || *target[0] <= 0) && (dense == "BTF" || dense == "TBF"))
        return dense == "BTF" ? "MF" : "NF";
    if (dense == "BTF" && target.size() == 2 &&
        (!target[1] || *target[1] == -1 || *target[1] == std::int64_t{value.steps} * value.features))
        return "BF!";
    if ((dense == "MF" || dense == "NF") && target.size() == 3) {
        const std::string split = dense == "MF" ? "BTF" : "TBF";
        return fits(split, value, target) ? split : "";
    }
    return "";
}

std::string squeezed(const std::string& axes, std::vector<std::int64_t> places) {
    if (places.empty())
        return without_singles(axes);
    std::string result = axes;
    for (std::int64_t& place : places)
        place += place < 0 ? static_cast<std::int64_t>(axes.size()) : 0;
    std::ranges::sort(places, std::greater<>());
    for (const std::int64_t place : places) {
        if (place < 0 || place >= static_cast<std::int64_t>(result.size()) ||
            !is_single(result[static_cast<std::size_t>(place)]))
            return "";
        result.erase(static_cast<std::size_t>(place), 1);
    }
    return result;
}

} // namespace timeloom::importing
