// Products and sizes of vectors.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>

namespace timeloom::detail {

/// Σ a_i b_i, term after term.
inline double dot(std::span<const double> a, std::span<const double> b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// The same in eight partial sums, which the compiler may keep in vectors.
inline double dot_in_parts(std::span<const double> a, std::span<const double> b) {
    std::array<double, 8> sums{};
    std::size_t i = 0;
    for (; i + sums.size() <= a.size(); i += sums.size()) {
        for (std::size_t k = 0; k < sums.size(); ++k) {
            sums[k] += a[i + k] * b[i + k];
        }
    }
    double sum = 0;
    for (; i < a.size(); ++i) {
        sum += a[i] * b[i];
    }
    for (const double s : sums) {
        sum += s;
    }
    return sum;
}

/// The largest |x_i|, 0 for none; passes NaN over.
inline double greatest_size(std::span<const double> values) {
    double largest = 0;
    for (const double x : values) {
        largest = std::max(largest, std::abs(x));
    }
    return largest;
}

/// Without overflow; 0 for no values.
inline double root_mean_square(std::span<const double> values) {
    const double largest = greatest_size(values);
    if (largest == 0) {
        return 0;
    }
    double sum = 0;
    for (const double x : values) {
        sum += (x / largest) * (x / largest);
    }
    return largest * std::sqrt(sum / static_cast<double>(values.size()));
}

} // namespace timeloom::detail
