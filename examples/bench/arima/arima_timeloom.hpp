// Timeloom as a contender of bench_arima.
#pragma once

#include "arima_contender.hpp"
#include "arima_maxima.hpp"

namespace timeloom::bench {

/// One row each: fits one by one, and all series of a case as one batch.
std::vector<ArimaContender> timeloom_arima_contenders();

/// The sets of arima_sets(), `count` series of each kind; none for 0.
std::vector<ArimaSetReport> fit_hard_series(std::size_t count, std::size_t starts);

} // namespace timeloom::bench
