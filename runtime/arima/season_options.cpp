#include "timeloom/runtime/arima/season_options.hpp"

#include "timeloom/runtime/arima/data/arima_data.hpp"
#include "timeloom/runtime/error.hpp"

#include <algorithm>

namespace timeloom {

namespace {

/// True if the period is to be set.
bool require_period(const plan::ArimaOrders& declared, const SeasonOptions& season, int least) {
    const std::string given = std::to_string(season.seasonal_period);
    if (declared.seasonal_period != plan::any_period) {
        if (season.seasonal_period != 0 && season.seasonal_period != declared.seasonal_period) {
            throw Error(name_of(declared) + " is declared with the period " +
                        std::to_string(declared.seasonal_period) + ", but seasonal_period is " + given +
                        "; declare seasonal_order<P, D, Q> without a period to choose it at run time");
        }
        return false;
    }
    if (season.seasonal_period == 0) {
        throw Error(name_of(declared) +
                    " leaves the period of its season open; give it: {.seasonal_period = 12}");
    }
    if (season.seasonal_period < least) {
        throw Error(name_of(declared) + ": seasonal_period is " + given + ", but must be at least " +
                    std::to_string(least));
    }
    return true;
}

} // namespace

plan::ArimaOrders with_period(const plan::ArimaOrders& declared, const SeasonOptions& season) {
    plan::ArimaOrders orders = declared;
    if (require_period(declared, season, 2)) {
        orders.seasonal_period = season.seasonal_period;
    }
    return orders;
}

plan::ArimaOrders family_with_period(const plan::ArimaOrders& declared, const SeasonOptions& season) {
    plan::ArimaOrders most = declared;
    if (!require_period(declared, season, 1)) {
        return most;
    }
    most.seasonal_period = season.seasonal_period;
    if (season.seasonal_period == 1) {
        most.seasonal_p = most.seasonal_d = most.seasonal_q = 0;
    } else if (most.seasonal_p + most.seasonal_q > 0) {
        most.p = std::min(most.p, season.seasonal_period - 1);
        most.q = std::min(most.q, season.seasonal_period - 1);
    }
    return most;
}

} // namespace timeloom
