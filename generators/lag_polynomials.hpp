// The polynomials of ARIMA models as text in the lag operator B.
#pragma once

#include "timeloom/runtime/plan/arima.hpp"

#include <string>
#include <vector>

namespace timeloom::generators {

/// A factor of a filter, as "1 - φ1 B - φ2 B^2", with the side that it stands on.
struct lag_polynomial {
    std::string text;
    plan::LagFactor factor;
};

/// Those of a filter that have terms, in their order. The period s is told at run time.
std::vector<lag_polynomial> polynomials_of(const plan::LagFilter& filter);

/// "(1 - B)^2 (1 - B^12)"; empty where nothing is differenced.
std::string differences_of(const plan::ArimaOrders& orders);

} // namespace timeloom::generators
