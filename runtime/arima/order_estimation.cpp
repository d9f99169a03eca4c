#include "timeloom/runtime/arima/order_estimation.hpp"

#include "timeloom/runtime/arima/search_tile.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/flush_denormals.hpp"

#include <algorithm>
#include <map>

namespace timeloom {

namespace {

/// What the jobs of one tile have in common. Seasonal moving averages of one order only, because the time
/// that the presample takes grows with the third power of their reach.
struct SharedBy {
    const LagFilterKernels* kernels;
    GapShare gaps;
    std::size_t regressors;
    int seasonal_q;

    auto operator<=>(const SharedBy&) const = default;
};

struct Members {
    std::vector<const EstimationJob*> jobs;
    std::vector<Estimate*> results;
};

dsl::lag_filter tile_orders(const LagFilterKernels& kernels, int seasonal_q) {
    dsl::lag_filter most = kernels.filter;
    most.seasonal_q = seasonal_q;
    return most;
}

TileShape shape_of(const SharedBy& shared, const Members& members) {
    std::size_t longest = 0;
    for (const EstimationJob* job : members.jobs) {
        longest = std::max(longest, job->data->w.size());
    }
    return tile_shape(tile_orders(*shared.kernels, shared.seasonal_q), longest, shared.gaps,
                      shared.regressors, false);
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
        const GapShare gaps = share_gaps(*job.data, tile_orders(filter, job.orders.seasonal_q), false);
        Members& members = groups[{&filter, gaps, job.data->regressors, job.orders.seasonal_q}];
        members.jobs.push_back(&job);
        members.results.push_back(&results[i]);
    }
    for (const auto& [shared, members] : groups) {
        SearchTile(*shared.kernels, shape_of(shared, members), shared.gaps, members.jobs, members.results)
            .run();
    }
    return results;
}

} // namespace timeloom
