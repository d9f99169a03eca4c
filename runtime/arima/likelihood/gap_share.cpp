#include "timeloom/runtime/arima/likelihood/gap_share.hpp"

#include <algorithm>

namespace timeloom::detail {

namespace {

// Nanoseconds for a value and its gradient, divided by the length of the series, as they were measured.

/// A column is filtered and flowed back about three times, and multiplied with each other one.
double cost_of_columns(double columns, double terms) { return columns * (20 * terms + 5 * columns); }

/// What the values before each one leave of its covariances, there and back, as well as of the regressors.
double cost_of_filter(double order, double regressors) {
    return 50 + order * (10 + 0.85 * order + regressors);
}

} // namespace

GapShare filtered_gaps(const ArimaData& data) {
    const std::size_t lost = data.delta.size() - 1;
    const auto early =
        static_cast<std::size_t>(std::ranges::lower_bound(data.gaps, lost) - data.gaps.begin());
    return early == data.missing
               ? GapShare{.columns = early}
               : GapShare{.columns = early, .filtered = true, .lost = static_cast<int>(lost)};
}

GapShare share_gaps(const ArimaData& data, const plan::LagFilter& orders, bool conditional) {
    const GapShare all{.columns = data.missing};
    const GapShare filtered = filtered_gaps(data);
    if (conditional || !filtered.filtered) {
        return all;
    }
    const double order = std::max(orders.ar_degree() + filtered.lost, orders.ma_degree());
    const double by_columns = cost_of_columns(static_cast<double>(data.missing), 1 + orders.parameters());
    const double by_filter = cost_of_filter(order, static_cast<double>(data.regressors));
    return by_columns <= by_filter ? all : filtered;
}

TileShape tile_shape(const plan::LagFilter& orders, std::size_t most_steps, const GapShare& share,
                     std::size_t regressors, bool conditional) {
    return {.orders = orders,
            .most_steps = static_cast<int>(most_steps),
            .missing = static_cast<int>(share.columns),
            .regressors = static_cast<int>(regressors),
            .conditional = conditional,
            .filtered = share.filtered,
            .lost = share.lost};
}

void set_series(LikelihoodTile& tile, std::size_t lane, const ArimaData& data, const GapShare& share) {
    std::vector<double> columns;
    for (std::size_t k = 0; k < share.columns; ++k) {
        const std::vector<double> column = data.missing_column(k);
        columns.insert(columns.end(), column.begin(), column.end());
    }
    columns.insert(columns.end(), data.basis.begin(), data.basis.end());
    std::vector<std::size_t> places;
    for (std::size_t k = share.columns; k < data.missing; ++k) {
        places.push_back(data.gaps[k] + 1 - data.delta.size());
    }
    tile.set_series(lane, data.detrended, columns, {places, data.delta});
}

} // namespace timeloom::detail
