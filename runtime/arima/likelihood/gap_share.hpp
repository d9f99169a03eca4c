// Which missing values of a series are columns of the least-squares problem, and which a filter integrates
// out.
#pragma once

#include "timeloom/runtime/arima/data/arima_data.hpp"
#include "timeloom/runtime/arima/likelihood/likelihood_tile.hpp"

#include <compare>

namespace timeloom::detail {

/// All are columns, or a filter takes them where that costs less, but for those among the values that
/// differencing loses.
struct GapShare {
    std::size_t columns = 0;
    bool filtered = false;
    int lost = 0; ///< degree of the difference polynomial, where the filter needs it

    auto operator<=>(const GapShare&) const = default;
};

/// `orders` are those of the tile.
GapShare share_gaps(const ArimaData& data, const plan::LagFilter& orders, bool conditional);

/// All are filtered that may be.
GapShare filtered_gaps(const ArimaData& data);

/// The shape of a tile for series with such a share.
TileShape tile_shape(const plan::LagFilter& orders, std::size_t most_steps, const GapShare& share,
                     std::size_t regressors, bool conditional);

/// Puts the series into a lane of such a tile.
void set_series(LikelihoodTile& tile, std::size_t lane, const ArimaData& data, const GapShare& share);

} // namespace timeloom::detail
