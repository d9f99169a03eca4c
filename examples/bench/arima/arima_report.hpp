// What bench_arima measures, as tables and as JSON.
#pragma once

#include "../contender.hpp"
#include "arima_contender.hpp"
#include "arima_maxima.hpp"
#include "arima_seasons.hpp"

#include <nlohmann/json_fwd.hpp>

#include <map>
#include <optional>

namespace timeloom::bench {

/// One contender on one case.
struct ArimaResult {
    Samples milliseconds; ///< a fit; over several series, the mean of a pass
    std::vector<ArimaEstimate> estimates;
    std::vector<double> likelihoods; ///< exact_loglike() of the estimates
    std::optional<double> likelihood_us;
    std::optional<double> update_us;
};

struct SelectionResult {
    std::vector<SelectedOrder> orders;
};

/// Everything about one contender, by case name.
struct ArimaRow {
    ArimaContender contender;
    std::map<std::string, ArimaResult> fits;
    std::map<std::string, SelectionResult> selections;
};

struct ArimaReport {
    std::vector<ArimaCase> cases;
    std::vector<ArimaCase> selection_cases;
    std::vector<ArimaRow> rows;
    std::map<std::string, std::vector<double>> best; ///< the highest likelihood known of each series
    std::vector<ArimaSetReport> sets;                ///< of series that are hard to fit
    std::vector<SeasonTimes> seasons;
    std::map<std::string, std::string> missing; ///< contenders that are not there, and why
    double tolerance = 1e-4;

    /// Series on which the contender reaches the best likelihood known, or comes as near as `tolerance`.
    int hits(const ArimaResult& result, const ArimaCase& c) const;
};

void print_arima_report(const ArimaReport& report);
/// Only the series that are hard to fit, if wished each that stays below its best.
void print_sets(const ArimaReport& report, bool with_misses);
nlohmann::json arima_report_json(const ArimaReport& report);

} // namespace timeloom::bench
