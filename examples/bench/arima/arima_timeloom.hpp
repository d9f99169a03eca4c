// Timeloom as a contender of bench_arima.
#pragma once

#include "arima_contender.hpp"
#include "arima_maxima.hpp"

#include <filesystem>

namespace timeloom::bench {

/// One row each: fits one by one, and all series of a case as one batch.
std::vector<ArimaContender> timeloom_arima_contenders();

/// Which series of arima_sets() are fitted.
struct HardSeries {
    std::size_t count = 0;         ///< of each kind
    std::size_t starts = 64;       ///< random ones, for the best likelihood of each series
    std::string kind{};            ///< only kinds with this in their names
    std::filesystem::path known{}; ///< a file of the best likelihoods; see KnownMaxima
};

std::vector<ArimaSetReport> fit_hard_series(const HardSeries& wanted);

} // namespace timeloom::bench
