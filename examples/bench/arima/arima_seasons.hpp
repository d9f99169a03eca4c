// How long fits and forecasts take that have a long season.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace timeloom::bench {

/// One model of a simulated series.
struct SeasonTimes {
    std::string model;
    std::size_t observations;
    double fit_ms;      ///< with standard errors, the best of `rounds`
    double batch_ms;    ///< one search, as in fit_many
    double forecast_ms; ///< of 24 steps at known parameters, smoothing the series first
    std::size_t evaluations;
};

std::vector<SeasonTimes> time_seasons(int rounds);

} // namespace timeloom::bench
