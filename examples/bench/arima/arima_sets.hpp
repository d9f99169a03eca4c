// Simulated series whose likelihoods are hard to maximise, a set for each kind.
#pragma once

#include "timeloom/runtime/plan/arima.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace timeloom::bench {

/// A series and the model that it is to be fitted by.
struct ArimaSetSeries {
    std::vector<double> y; ///< NaN where missing
    plan::ArimaOrders orders;
    plan::Trend trend = plan::Trend::n;
};

struct ArimaSet {
    std::string name;
    std::vector<ArimaSetSeries> series;
};

/// The same series each time. Orders are at most (3,2,3)(1,1,1) with season 12.
std::vector<ArimaSet> arima_sets(std::size_t count);

} // namespace timeloom::bench
