// Series, and numbers at the ends of what a double can be, for tools and models that nobody should give them.
#pragma once

#include "misuse.hpp"

#include <cstdint>
#include <vector>

namespace timeloom::tests {

using Values = std::vector<double>;

inline constexpr double most = std::numeric_limits<double>::max();
inline constexpr double least = std::numeric_limits<double>::denorm_min();

/// `size` numbers between 1 and 2 times `scale`, that look random.
inline Values positive_numbers(std::size_t size, double scale = 1) {
    Values y;
    std::uint32_t state = 5;
    for (std::size_t t = 0; t < size; ++t) {
        state = 1664525u * state + 1013904223u;
        y.push_back(scale * (1.0 + state / 4294967296.0));
    }
    return y;
}

/// y with `value` at `place`.
inline Values with(Values y, std::size_t place, double value) {
    y[place] = value;
    return y;
}

} // namespace timeloom::tests
