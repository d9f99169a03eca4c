// Keras's weights under our names and in our shapes.
#pragma once

#include "../support/golden_file.hpp"

#include "timeloom/runtime/tensors/tensor.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace timeloom::golden {

inline Tensor as_tensor(const nlohmann::json& array) {
    return Tensor(Shape(array.at("shape").get<std::vector<std::size_t>>()), values<float>(array));
}

/// Keras keeps the two biases of a GRU as rows of one, and calls a GRU a GRU whether its reset gate comes
/// after the product or before it. `names` are ours.
inline std::map<std::string, Tensor> as_ours(const nlohmann::json& weights,
                                             const std::vector<std::string>& names) {
    std::map<std::string, Tensor> result;
    for (const auto& [name, array] : weights.items()) {
        const Tensor values = as_tensor(array);
        std::string own = name;
        if (std::ranges::find(names, own) == names.end()) {
            own.insert(own.rfind('/'), "_reset_before");
        }
        if (own.ends_with("/bias") && values.rank() == 2) {
            result[own] = Tensor(Shape{values.row_size()}, values.row(0));
            result[own.substr(0, own.size() - 4) + "recurrent_bias"] =
                Tensor(Shape{values.row_size()}, values.row(1));
        } else {
            result[own] = values;
        }
    }
    return result;
}

} // namespace timeloom::golden
