// What bench_arima compares: anything that fits the series of a case and says how long each fit took.
#pragma once

#include "arima_workloads.hpp"

#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace timeloom::bench {

struct ArimaEstimate {
    double milliseconds = 0;
    /// ar, ma, seasonal ar, seasonal ma, mean; all with plus signs but in the autoregression's
    /// w_t = ar_1 w_(t-1) + ..., that is, statsmodels' signs. Empty where the fit failed.
    std::vector<double> coefficients;
    /// The contender's own figure; contenders are ranked by exact_loglike() instead.
    double llf = std::numeric_limits<double>::quiet_NaN();
    std::string failure;
};

struct SelectedOrder {
    double milliseconds = 0;
    std::string order; ///< such as "(2,1,2)"
};

/// Each function may be empty: what the contender cannot do. A turn of `fit` fits every series of the case
/// once.
struct ArimaContender {
    std::string name;
    std::string version;
    std::string settings;
    std::function<std::vector<ArimaEstimate>(const ArimaCase&)> fit;
    /// Microseconds of one exact likelihood at the given coefficients, a set for each series: their mean.
    std::function<double(const ArimaCase&, const std::vector<std::vector<double>>& coefficients)> likelihood;
    std::function<std::vector<SelectedOrder>(const ArimaCase&)> select_order;
    /// Microseconds of taking one more observation at the given coefficients, with mean and interval of the
    /// next: their mean over the series.
    std::function<double(const ArimaCase&, const std::vector<std::vector<double>>& coefficients)> update = {};
};

} // namespace timeloom::bench
