// The ARIMA models that the Python package is compiled for: seasons of any period, told at run time.
#pragma once

#include <timeloom/dsl/arima/arima.hpp>

namespace timeloom_python {

using namespace timeloom::dsl;

/// The orders of the automatic search, each filter as small as it can be.
inline constexpr auto common_orders = arima_family(order<5, 2, 5>, seasonal_order<2, 1, 2>);

/// One filter for larger orders, which a caller may ask for by number.
inline constexpr auto large_orders = arima(order<24, 3, 12>, seasonal_order<3, 3, 3>);

} // namespace timeloom_python
