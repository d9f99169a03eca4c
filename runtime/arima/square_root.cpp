#include "timeloom/runtime/arima/square_root.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace timeloom {

Rows square_root(const std::vector<double>& c, std::size_t n) {
    Rows l(n, std::vector<double>(n));
    for (std::size_t j = 0; j < n; ++j) {
        const double left = c[j * n + j] - std::inner_product(l[j].begin(), l[j].end(), l[j].begin(), 0.0);
        if (!(left > 1e-15 * c[j * n + j])) {
            continue;
        }
        l[j][j] = std::sqrt(left);
        for (std::size_t i = j + 1; i < n; ++i) {
            const double products = std::inner_product(
                l[i].begin(), l[i].begin() + static_cast<std::ptrdiff_t>(j), l[j].begin(), 0.0);
            l[i][j] = (c[i * n + j] - products) / l[j][j];
        }
    }
    return l;
}

void turn_columns(Rows& rows) {
    for (std::size_t i = 0; i < rows.size() && i + 1 < rows[i].size(); ++i) {
        std::vector<double> v(rows[i].begin() + static_cast<std::ptrdiff_t>(i), rows[i].end());
        const double norm = std::sqrt(std::inner_product(v.begin(), v.end(), v.begin(), 0.0));
        if (norm == 0) {
            continue;
        }
        v[0] += v[0] > 0 ? norm : -norm;
        const double square = std::inner_product(v.begin(), v.end(), v.begin(), 0.0);
        for (std::size_t k = i; k < rows.size(); ++k) {
            const auto rest = rows[k].begin() + static_cast<std::ptrdiff_t>(i);
            const double factor = 2 * std::inner_product(v.begin(), v.end(), rest, 0.0) / square;
            for (std::size_t j = 0; j < v.size(); ++j) {
                rest[static_cast<std::ptrdiff_t>(j)] -= factor * v[j];
            }
        }
    }
    for (std::vector<double>& row : rows) {
        row.resize(std::min(row.size(), rows.size()));
    }
}

} // namespace timeloom
