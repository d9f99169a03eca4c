#include "timeloom/generators/import/containers/json_tensor.hpp"

#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <vector>

namespace timeloom::importing {

Tensor tensor_of(const Json& json, const std::string& where) {
    array(json, where);
    const bool has_rows = !json.empty() && json[0].is_array();
    const std::size_t columns = has_rows ? json[0].size() : json.size();
    std::vector<float> values;
    const auto add = [&](const Json& row) {
        if (array(row, where).size() != columns)
            throw Error(where + ": its rows differ in length");
        for (const Json& value : row)
            values.push_back(static_cast<float>(as_number(value, where)));
    };
    if (has_rows)
        std::ranges::for_each(json, add);
    else
        add(json);
    return Tensor(has_rows ? Shape{json.size(), columns} : Shape{columns}, values);
}

} // namespace timeloom::importing
