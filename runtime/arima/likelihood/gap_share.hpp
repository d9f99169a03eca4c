// Which missing values of a series are columns of the least-squares problem, and which a filter integrates
// out.
#pragma once

#include "timeloom/runtime/arima/data/arima_data.hpp"
#include "timeloom/runtime/arima/likelihood/likelihood_tile.hpp"

#include <compare>

namespace timeloom::detail {

/// The first missing values are columns, as those must be that reach into the start, which is not filtered;
/// the filter takes the rest where that costs less.
struct GapShare {
    std::size_t columns = 0;
    bool filtered = false;
    int lost = 0; ///< degree of the difference polynomial, where the filter needs it

    auto operator<=>(const GapShare&) const = default;
};

/// `orders` are those of the tile.
GapShare share_gaps(const ArimaData& data, const plan::LagFilter& orders, bool conditional);

/// All are filtered that may be.
GapShare filtered_gaps(const ArimaData& data, const plan::LagFilter& orders);

/// The shape of a tile for series with such a share.
TileShape tile_shape(const plan::LagFilter& orders, std::size_t most_steps, const GapShare& share,
                     std::size_t regressors, bool conditional);

/// Puts the series into a lane of such a tile.
void set_series(LikelihoodTile& tile, std::size_t lane, const ArimaData& data, const GapShare& share);

/// Missing values from this place on, counted in the series without its leading missing values, do not reach
/// into the start of a model of these orders.
std::size_t first_filtered_place(const plan::LagFilter& orders, std::size_t lost);

} // namespace timeloom::detail
