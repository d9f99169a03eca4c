// Where the gradients of an embedding's rows are added up: in a table like the embedding's, or in one of the
// rows alone that some tokens name.
#pragma once

#include <cstddef>
#include <cstdint>

namespace timeloom::detail {

struct TableGradient {
    float* values;
    const std::int32_t* places = nullptr; ///< of each token's row among the values; none: the token itself

    float* row(std::int32_t token, std::ptrdiff_t width) const {
        return values + std::ptrdiff_t{places == nullptr ? token : places[token]} * width;
    }
};

} // namespace timeloom::detail
