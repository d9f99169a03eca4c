// A slow search for the highest likelihood, which owes nothing to any contender.
#pragma once

#include "arima_workloads.hpp"

#include <span>

namespace timeloom::bench {

/// The highest exact_loglike() that Nelder and Mead's search finds from `starts` random points, in partial
/// autocorrelations, so stationary and invertible.
double searched_loglike(const ArimaCase& c, std::span<const double> w, int starts);

} // namespace timeloom::bench
