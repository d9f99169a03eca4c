#include "timeloom/runtime/arima/order_estimation.hpp"

#include "timeloom/runtime/arima/search_tile.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/flush_denormals.hpp"

#include <algorithm>
#include <map>

namespace timeloom {

namespace {

/// What the jobs of one tile have in common. Seasonal moving averages of one order only, because the time
/// that the presample takes grows with the square of their reach; and where the season is long seasonal
/// autoregressions, too.
struct SharedBy {
    const LagFilterKernels* kernels;
    std::size_t missing, regressors;
    int seasonal_p, seasonal_q, period;

    auto operator<=>(const SharedBy&) const = default;
};

struct Members {
    std::vector<const EstimationJob*> jobs;
    std::vector<Estimate*> results;
};

TileShape shape_of(const LagFilterKernels& kernels, const SharedBy& shared, const Members& members) {
    std::size_t longest = 0;
    for (const EstimationJob* job : members.jobs) {
        longest = std::max(longest, job->data->w.size());
    }
    dsl::lag_filter most = kernels.filter;
    most.seasonal_p = std::min(most.seasonal_p, shared.seasonal_p);
    most.seasonal_q = shared.seasonal_q;
    return {.orders = most,
            .most_steps = static_cast<int>(longest),
            .missing = static_cast<int>(shared.missing),
            .regressors = static_cast<int>(shared.regressors)};
}

} // namespace

const LagFilterKernels& serving_filter(const ArimaKernelTable& kernels, const dsl::lag_filter& orders) {
    for (const LagFilterKernels& k : kernels.filters) {
        if (k.filter.serves(orders)) {
            return k;
        }
    }
    throw Error("the kernels of " + std::string(kernels.model) + " (up to " + name_of(kernels.orders) +
                ") do not serve all orders of the search; declare a larger family");
}

std::vector<Estimate> estimate_orders(const ArimaKernelTable& kernels, std::span<const EstimationJob> jobs) {
    const FlushDenormals flush; // impulse responses die out
    std::vector<Estimate> results(jobs.size());
    std::map<SharedBy, Members> groups;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        const EstimationJob& job = jobs[i];
        const LagFilterKernels& filter = serving_filter(kernels, job.orders);
        const dsl::lag_filter& f = job.orders;
        const bool is_long = f.seasonal_period > longest_dense_presample;
        Members& members =
            groups[{&filter, job.data->missing, job.data->regressors,
                    is_long ? f.seasonal_p : filter.filter.seasonal_p, f.seasonal_q, f.seasonal_period}];
        members.jobs.push_back(&job);
        members.results.push_back(&results[i]);
    }
    for (const auto& [shared, members] : groups) {
        const LagFilterKernels filter = shared.kernels->at_period(shared.period);
        SearchTile(filter, shape_of(filter, shared, members), members.jobs, members.results).run();
    }
    return results;
}

} // namespace timeloom
