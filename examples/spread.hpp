// Where repeated measurements lie.
#pragma once

#include <algorithm>
#include <vector>

struct Spread {
    double median, least, greatest;
};

/// `values` holds at least one.
inline Spread spread(std::vector<double> values) {
    std::ranges::sort(values);
    const std::size_t middle = values.size() / 2;
    const double median = values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    return {median, values.front(), values.back()};
}
