// Timeloom as a contender of bench_arima.
#pragma once

#include "arima_contender.hpp"

namespace timeloom::bench {

/// One row each: fits one by one, and all series of a case as one batch.
std::vector<ArimaContender> timeloom_arima_contenders();

} // namespace timeloom::bench
