// How often fits reach the highest likelihood that is known.
#pragma once

#include "arima_known.hpp"
#include "arima_sets.hpp"

#include "timeloom/runtime/arima/arima.hpp"

#include <string>
#include <vector>

namespace timeloom::bench {

/// One way to fit: its log-likelihoods, -infinity where it failed, and the processor's time for each fit.
struct ArimaSetFits {
    std::string name;
    std::vector<double> llf;
    double milliseconds = 0;
    double evaluations = 0; ///< of the likelihood, for each fit; 0: not counted
};

struct ArimaSetReport {
    std::string set;
    std::vector<ArimaSetFits> fits; ///< fit(), fit_many(), fit_many() with one search
    std::vector<double> best; ///< log-likelihood of each series: of all fits and of `starts` random starts

    void keep_best(const std::vector<double>& llf);
    /// How far a way of fitting stays below the best on one series.
    double shortfall(const ArimaSetFits& of, std::size_t series) const {
        return best[series] - of.llf[series];
    }
    /// Series for which a way of fitting comes within the tolerance of the best.
    std::size_t hits(const ArimaSetFits& fits, double tolerance) const;
};

/// Fits a set on one thread. The random starts are the same for all series of one model; they are left out
/// where as many have been made before. What is found is added to what is known.
ArimaSetReport fit_set(const ArimaSet& set, const plan::ArimaFilters& kernels, std::size_t starts,
                       KnownMaxima& known);

} // namespace timeloom::bench
