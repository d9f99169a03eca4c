// The period of a season that a declaration leaves open: seasonal_order<P, D, Q>.
#pragma once

#include "timeloom/runtime/plan/arima.hpp"

namespace timeloom {

struct SeasonOptions {
    int seasonal_period = 0; ///< observations in a season; 0: as declared
};

/// The declared orders with their period. Throws Error where it is missing, where it was declared, and where
/// the model has no season.
plan::ArimaOrders with_period(const plan::ArimaOrders& declared, const SeasonOptions& season);

/// The same for the largest orders of a family. A period of 1 is no season, and p and q end below the period,
/// where lags would be seasonal ones.
plan::ArimaOrders family_with_period(const plan::ArimaOrders& declared, const SeasonOptions& season);

} // namespace timeloom
