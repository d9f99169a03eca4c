#include "timeloom/runtime/arima/data/gap_columns.hpp"

#include <algorithm>
#include <cmath>

namespace timeloom::detail {

GapColumns::GapColumns(std::vector<std::size_t> gaps, std::vector<double> delta, std::size_t length)
    : gaps_(std::move(gaps)), delta_(std::move(delta)), rows_(length + 1 - delta_.size()),
      dependent_(gaps_.size()) {
    factorise();
}

std::size_t GapColumns::rank() const {
    return static_cast<std::size_t>(std::ranges::count(dependent_, false));
}

double GapColumns::product(std::size_t i, std::size_t j) const {
    const std::size_t lost = delta_.size() - 1;
    const std::size_t earlier = std::min(gaps_[i], gaps_[j]);
    const std::size_t later = std::max(gaps_[i], gaps_[j]);
    double sum = 0;
    for (std::size_t row = std::max(later, lost); row < std::min(earlier + lost + 1, rows_ + lost); ++row) {
        sum += delta_[row - earlier] * delta_[row - later];
    }
    return sum;
}

/// Rows in the order of the factor: row r is gap m - 1 - r. A pivot that is nothing beside its column's
/// length belongs to a dependent column, which leaves an empty row.
void GapColumns::factorise() {
    constexpr double nothing = 1e-11;
    const std::size_t m = gaps_.size();
    factor_.resize(m);
    for (std::size_t r = 0; r < m; ++r) {
        const std::size_t i = m - 1 - r;
        std::size_t reach = 0; // earlier rows whose columns overlap with this one
        while (reach < r && gaps_[i + reach + 1] - gaps_[i] < delta_.size()) {
            ++reach;
        }
        std::vector<double>& row = factor_[r];
        row.resize(reach + 1);
        for (std::size_t c = 0; c <= reach; ++c) { // column r - reach + c of the factor
            const std::size_t other = r - reach + c;
            const std::vector<double>& above = other == r ? row : factor_[other];
            double sum = product(i, m - 1 - other);
            const std::size_t overlap = std::min(above.size() - 1, c);
            for (std::size_t k = 1; k <= overlap; ++k) {
                sum -= row[c - k] * above[above.size() - 1 - k];
            }
            if (other == r) {
                dependent_[i] = !(sum > nothing * product(i, i));
                row[c] = dependent_[i] ? 0.0 : std::sqrt(sum);
            } else {
                row[c] = dependent_[m - 1 - other] ? 0.0 : sum / above.back();
            }
        }
    }
}

std::vector<double> GapColumns::fills(std::span<const double> w) const {
    const std::size_t m = gaps_.size(), lost = delta_.size() - 1;
    std::vector<double> x(m); // in the order of the factor's rows
    for (std::size_t r = 0; r < m; ++r) {
        const std::size_t from = gaps_[m - 1 - r];
        for (std::size_t k = 0; k < delta_.size(); ++k) {
            if (from + k >= lost && from + k < rows_ + lost) {
                x[r] -= delta_[k] * w[from + k - lost];
            }
        }
        const std::vector<double>& row = factor_[r];
        for (std::size_t k = 1; k < row.size(); ++k) {
            x[r] -= row[row.size() - 1 - k] * x[r - k];
        }
        x[r] = row.back() > 0 ? x[r] / row.back() : 0.0;
    }
    for (std::size_t r = m; r-- > 0;) {
        const std::vector<double>& row = factor_[r];
        x[r] = row.back() > 0 ? x[r] / row.back() : 0.0;
        for (std::size_t k = 1; k < row.size(); ++k) {
            x[r - k] -= row[row.size() - 1 - k] * x[r];
        }
    }
    std::ranges::reverse(x);
    return x;
}

void GapColumns::add(std::span<const double> z, std::span<double> w) const {
    const std::size_t lost = delta_.size() - 1;
    for (std::size_t i = 0; i < gaps_.size(); ++i) {
        for (std::size_t k = 0; k < delta_.size(); ++k) {
            const std::size_t row = gaps_[i] + k;
            if (row >= lost && row < rows_ + lost) {
                w[row - lost] += z[i] * delta_[k];
            }
        }
    }
}

std::vector<double> GapColumns::residuals(std::span<const double> w) const {
    std::vector<double> rest(w.begin(), w.end());
    add(fills(w), rest);
    return rest;
}

} // namespace timeloom::detail
