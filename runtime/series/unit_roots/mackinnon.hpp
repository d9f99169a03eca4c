// MacKinnon's response surfaces for the Dickey-Fuller distribution, one integrated series.
#pragma once

#include "timeloom/runtime/series/unit_roots/unit_root.hpp"

#include <array>
#include <cstddef>

namespace timeloom::detail {

/// P-value of a Dickey-Fuller t statistic (MacKinnon 1994).
double mackinnon_p_value(double statistic, UnitRootRegression regression);

/// Critical values at 1, 5 and 10 percent for a regression with nobs rows (MacKinnon 2010).
std::array<double, 3> mackinnon_critical_values(UnitRootRegression regression, std::size_t nobs);

} // namespace timeloom::detail
