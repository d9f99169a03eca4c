#include "timeloom/runtime/arima/orders/order_estimation.hpp"

#include "timeloom/runtime/arima/estimation/long_series.hpp"
#include "timeloom/runtime/arima/estimation/search_tile.hpp"
#include "timeloom/runtime/base/flush_denormals.hpp"
#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <iterator>
#include <map>

namespace timeloom::detail {

namespace {

/// What the jobs of one tile have in common. Seasonal moving averages of one order only, because the time
/// that the presample takes grows with the square of their reach; and where the season is long seasonal
/// autoregressions, too, as those of a second season always.
struct SharedBy {
    const plan::LagFilterKernels* kernels;
    GapShare gaps;
    std::size_t regressors;
    int seasonal_p, seasonal_q, period;
    int second_p, second_q;

    auto operator<=>(const SharedBy&) const = default;
};

struct Members {
    std::vector<const EstimationJob*> jobs;
    std::vector<Estimate*> results;

    /// How many searches the jobs begin with; they run side by side, one in a lane.
    std::size_t searches() const {
        std::size_t count = 0;
        for (const EstimationJob* job : jobs) {
            count += std::min(job->plan.first, job->plan.most);
        }
        return count;
    }
    void append(const Members& others) {
        jobs.insert(jobs.end(), others.jobs.begin(), others.jobs.end());
        results.insert(results.end(), others.results.begin(), others.results.end());
    }
};

using Groups = std::map<SharedBy, Members>;

/// True if the larger tile serves jobs of the smaller one.
bool may_join(const SharedBy& small, const SharedBy& large) {
    return small.gaps == large.gaps && small.regressors == large.regressors && small.period == large.period &&
           large.kernels->filter.serves(small.kernels->filter) && small.seasonal_p <= large.seasonal_p &&
           small.seasonal_q <= large.seasonal_q && small.second_p <= large.second_p &&
           small.second_q <= large.second_q;
}

/// Jobs that do not fill the lanes of a tile take those that a larger one has to spare.
void join_small(Groups& groups) {
    for (auto group = groups.begin(); group != groups.end();) {
        const auto larger = std::find_if(std::next(group), groups.end(), [&](const auto& other) {
            return may_join(group->first, other.first);
        });
        if (group->second.searches() < plan::series_lanes && larger != groups.end()) {
            larger->second.append(group->second);
            group = groups.erase(group);
        } else {
            ++group;
        }
    }
}

/// The largest orders of a tile for jobs like this one.
plan::LagFilter tile_orders(const plan::LagFilterKernels& kernels, const plan::LagFilter& job) {
    plan::LagFilter most = kernels.filter;
    most.seasonal_period = job.seasonal_period;
    most.seasonal_q = job.seasonal_q;
    if (job.seasonal_period > longest_dense_presample) {
        most.seasonal_p = job.seasonal_p;
    }
    most.second_p = job.second_p;
    most.second_q = job.second_q;
    return most;
}

TileShape shape_of(const SharedBy& shared, const Members& members) {
    plan::LagFilter orders = shared.kernels->filter;
    orders.seasonal_period = shared.period;
    orders.seasonal_p = shared.seasonal_p;
    orders.seasonal_q = shared.seasonal_q;
    orders.second_p = shared.second_p;
    orders.second_q = shared.second_q;
    std::size_t longest = 0;
    for (const EstimationJob* job : members.jobs) {
        longest = std::max(longest, job->data->w.size());
    }
    return tile_shape(orders, longest, shared.gaps, shared.regressors, false);
}

} // namespace

const plan::LagFilterKernels& serving_filter(const plan::ArimaFilters& plan, const plan::LagFilter& orders) {
    for (const plan::LagFilterKernels& k : plan.filters) {
        if (k.filter.serves(orders)) {
            return k;
        }
    }
    throw Error("the kernels of " + std::string(plan.name) + " (up to " + name_of(plan.orders) +
                ") do not serve all orders of the search; declare a larger family");
}

std::vector<Estimate> estimate_orders(const plan::ArimaFilters& plan, std::span<const EstimationJob> jobs) {
    const FlushDenormals flush; // impulse responses die out
    std::vector<Estimate> results(jobs.size());
    Groups groups;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        const EstimationJob& job = jobs[i];
        const plan::LagFilterKernels& filter = serving_filter(plan, job.orders);
        if (is_long(*job.data)) {
            results[i] = estimate_long(filter.at_period(job.orders.seasonal_period), job);
            continue;
        }
        const plan::LagFilter most = tile_orders(filter, job.orders);
        const GapShare gaps = share_gaps(*job.data, most, false);
        Members& members = groups[{&filter, gaps, job.data->regressors, most.seasonal_p, most.seasonal_q,
                                   most.seasonal_period, most.second_p, most.second_q}];
        members.jobs.push_back(&job);
        members.results.push_back(&results[i]);
    }
    join_small(groups);
    for (const auto& [shared, members] : groups) {
        const plan::LagFilterKernels filter = shared.kernels->at_period(shared.period);
        search_in_tile(filter, shape_of(shared, members), shared.gaps, members.jobs, members.results);
    }
    return results;
}

} // namespace timeloom::detail
