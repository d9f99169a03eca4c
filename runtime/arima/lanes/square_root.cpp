#include "timeloom/runtime/arima/lanes/square_root.hpp"

#include "timeloom/runtime/linear_algebra/reflection.hpp"

#include <algorithm>
#include <cmath>
#include <span>

namespace timeloom::detail {

using detail::dot;

Rows square_root(const std::vector<double>& c, std::size_t n) {
    Rows l(n, std::vector<double>(n));
    for (std::size_t j = 0; j < n; ++j) {
        const double left = c[j * n + j] - dot(l[j], l[j]);
        if (!(left > 1e-15 * c[j * n + j])) {
            continue;
        }
        l[j][j] = std::sqrt(left);
        for (std::size_t i = j + 1; i < n; ++i) {
            const double products = dot(std::span(l[i]).first(j), l[j]);
            l[i][j] = (c[i * n + j] - products) / l[j][j];
        }
    }
    return l;
}

void turn_columns(Rows& rows) {
    for (std::size_t i = 0; i < rows.size() && i + 1 < rows[i].size(); ++i) {
        const std::span<const double> first = std::span(rows[i]).subspan(i);
        if (dot(first, first) == 0) {
            continue;
        }
        const detail::Reflection reflection(first);
        for (std::size_t k = i; k < rows.size(); ++k) {
            reflection.apply(std::span(rows[k]).subspan(i));
        }
    }
    for (std::vector<double>& row : rows) {
        row.resize(std::min(row.size(), rows.size()));
    }
}

} // namespace timeloom::detail
