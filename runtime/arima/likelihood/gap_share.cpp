#include "timeloom/runtime/arima/likelihood/gap_share.hpp"

#include <algorithm>

namespace timeloom::detail {

namespace {

// Nanoseconds for a value and its gradient, divided by the length of the series, as they were measured.

/// A column is filtered and flowed back about three times, and multiplied with each other one.
double cost_of_columns(double columns, double terms) { return columns * (20 * terms + 5 * columns); }

/// Its covariance goes forward and comes back, as do the series and other columns.
double cost_of_filter(double order, double columns) { return 60 + order * (10 + 3 * order + 3 * columns); }

} // namespace

std::size_t first_filtered_place(const plan::LagFilter& orders, std::size_t lost) {
    return lost + static_cast<std::size_t>(std::max(1, orders.ar_degree() - orders.ma_degree()));
}

GapShare filtered_gaps(const ArimaData& data, const plan::LagFilter& orders) {
    const std::size_t lost = data.delta.size() - 1;
    const std::size_t place = first_filtered_place(orders, lost);
    const auto early =
        static_cast<std::size_t>(std::ranges::lower_bound(data.gaps, place) - data.gaps.begin());
    return early == data.missing
               ? GapShare{.columns = early}
               : GapShare{.columns = early, .filtered = true, .lost = static_cast<int>(lost)};
}

GapShare share_gaps(const ArimaData& data, const plan::LagFilter& orders, bool conditional) {
    const GapShare all{.columns = data.missing};
    const GapShare filtered = filtered_gaps(data, orders);
    if (conditional || !filtered.filtered) {
        return all;
    }
    const std::size_t early = filtered.columns;
    const int lost = filtered.lost;
    const int p = orders.ar_degree(), q = orders.ma_degree();
    const double order = std::max(p + lost, q);
    const double terms = 1 + orders.parameters();
    const double by_columns = cost_of_columns(static_cast<double>(data.missing), terms);
    const double by_filter = cost_of_filter(order, static_cast<double>(early + data.regressors)) +
                             cost_of_columns(static_cast<double>(early), terms);
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
