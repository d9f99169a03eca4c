#include "timeloom/runtime/arima/estimation/estimation.hpp"

#include "timeloom/runtime/arima/estimation/conditional_sum.hpp"
#include "timeloom/runtime/arima/estimation/information.hpp"
#include "timeloom/runtime/arima/estimation/long_series.hpp"
#include "timeloom/runtime/arima/estimation/search_tile.hpp"
#include "timeloom/runtime/arima/likelihood/likelihood_tile.hpp"
#include "timeloom/runtime/arima/parameters/parameter_space.hpp"
#include "timeloom/runtime/base/flush_denormals.hpp"
#include "timeloom/runtime/base/free_memory.hpp"

#include <algorithm>
#include <cmath>

namespace timeloom::detail {

namespace {

constexpr std::size_t lanes = plan::series_lanes;

/// The least orders that serve all jobs.
plan::LagFilter orders_of(const plan::LagFilterKernels& kernels, std::span<const EstimationJob> jobs) {
    plan::LagFilter most{.seasonal_period = kernels.filter.seasonal_period,
                         .second_period = kernels.filter.second_period};
    for (const EstimationJob& job : jobs) {
        most.p = std::max(most.p, job.orders.p);
        most.q = std::max(most.q, job.orders.q);
        most.seasonal_p = std::max(most.seasonal_p, job.orders.seasonal_p);
        most.seasonal_q = std::max(most.seasonal_q, job.orders.seasonal_q);
        most.second_p = std::max(most.second_p, job.orders.second_p);
        most.second_q = std::max(most.second_q, job.orders.second_q);
    }
    return most;
}

/// What series in the lanes of one tile have in common.
struct SharedBy {
    GapShare gaps;
    std::size_t regressors;

    auto operator<=>(const SharedBy&) const = default;
};

/// A root at the unit circle to the last bit is on its other side for whoever reads the coefficients: the
/// point is drawn in until they are those of a stationary and invertible model.
void draw_in(const plan::LagFilterKernels& kernels, const EstimationJob& job, Estimate& best,
             bool conditional) {
    ParameterSpace space(kernels.filter, job.orders);
    std::vector<double> read(space.size());
    if (best.status == SearchStatus::not_finite || space.to_point(best.coefficients, read)) {
        return;
    }
    const std::vector<double> end = best.point;
    for (double distance = 2e-8; distance < 0.1 && !space.to_point(best.coefficients, read); distance *= 2) {
        for (std::size_t k = 0; k < end.size(); ++k) {
            const double inside = std::abs(end[k]) > 1 ? 1 / end[k] : end[k];
            best.point[k] = std::clamp(inside, distance - 1, 1 - distance);
        }
        space.to_coefficients(best.point, best.coefficients);
    }
    const PointValue there =
        evaluate(kernels, job.orders, *job.data, std::span(&best.coefficients, 1), conditional)[0];
    best.objective = there.objective;
    best.variance = there.variance;
    best.column_coefficients = there.column_coefficients;
}

} // namespace

SearchPlan thorough_plan(const plan::LagFilter& orders) {
    const bool has_ar = orders.has_ar(), has_ma = orders.has_ma();
    return {.first = lanes,
            .further = has_ma ? 2 * lanes : lanes,
            .most = (has_ma ? 9 : 2) * lanes,
            .scattered = lanes / 2,
            .looked_at = (has_ar && has_ma ? 16
                          : has_ma         ? 8
                                           : 1) *
                         lanes};
}

SearchPlan brisk_plan(const plan::LagFilter& orders) {
    if (!orders.has_ma()) {
        return {.first = 2, .further = 2, .most = 4};
    }
    return {
        .first = lanes / 2, .further = lanes / 2, .most = 2 * lanes, .scattered = 1, .looked_at = 3 * lanes};
}

std::vector<Estimate> estimate(const plan::LagFilterKernels& kernels, std::span<const EstimationJob> jobs,
                               bool conditional) {
    const FlushDenormals flush; // impulse responses die out
    std::vector<Estimate> results(jobs.size());
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        if (conditional && !jobs[i].data->complete.empty()) {
            results[i] = estimate_conditionally(kernels, jobs[i]);
        } else if (!conditional && is_long(*jobs[i].data)) {
            results[i] = estimate_long(kernels, jobs[i]);
        } else {
            order.push_back(i);
        }
    }
    const plan::LagFilter orders = orders_of(kernels, jobs);
    std::vector<SharedBy> shared;
    for (const EstimationJob& job : jobs) {
        shared.push_back({share_gaps(*job.data, orders, conditional), job.data->regressors});
    }
    const auto steps = [&](std::size_t i) { return jobs[i].data->w.size(); };
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return std::pair(shared[i], steps(i)); });
    for (std::size_t first = 0; first < order.size();) {
        std::vector<const EstimationJob*> group;
        std::vector<Estimate*> group_results;
        const SharedBy common = shared[order[first]];
        std::size_t longest = 0;
        for (; first < order.size() && shared[order[first]] == common; ++first) {
            group.push_back(&jobs[order[first]]);
            group_results.push_back(&results[order[first]]);
            longest = steps(order[first]);
        }
        const TileShape shape = tile_shape(orders, longest, common.gaps, common.regressors, conditional);
        search_in_tile(kernels, shape, common.gaps, group, group_results);
    }
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        draw_in(kernels, jobs[i], results[i], conditional);
    }
    return results;
}

std::vector<PointValue> evaluate(const plan::LagFilterKernels& kernels, const plan::LagFilter& orders,
                                 const ArimaData& series, std::span<const std::vector<double>> coefficients,
                                 bool conditional) {
    const FlushDenormals flush;
    if (conditional && !series.complete.empty()) {
        const ConditionalSum sum(orders, series);
        std::vector<PointValue> values;
        for (const std::vector<double>& point : coefficients) {
            values.push_back(sum.at(point));
        }
        return values;
    }
    if (!conditional && is_long(series)) {
        give_back_free_memory();
        LongLikelihood likelihood(kernels, orders, series);
        std::vector<PointValue> values;
        for (const std::vector<double>& point : coefficients) {
            values.push_back(likelihood(point));
        }
        return values;
    }
    const GapShare share = share_gaps(series, orders, conditional);
    LikelihoodTile tile(kernels, tile_shape(orders, series.w.size(), share, series.regressors, conditional));
    const ParameterSpace space(kernels.filter, orders);
    std::vector<PointValue> values;
    for (std::size_t l = 0; l < lanes; ++l) {
        set_series(tile, l, series, share);
    }
    for (std::size_t first = 0; first < coefficients.size(); first += lanes) {
        const std::size_t count = std::min(lanes, coefficients.size() - first);
        for (std::size_t l = 0; l < count; ++l) {
            for (std::size_t k = 0; k < space.size(); ++k) {
                tile.coefficients()[space.rows()[k]][l] = coefficients[first + l][k];
            }
        }
        tile.evaluate();
        tile.evaluate_gradient();
        for (std::size_t l = 0; l < count; ++l) {
            PointValue value{.objective = tile.value()[l],
                             .variance = tile.variance(l),
                             .log_determinant = tile.log_determinant(l),
                             .gradient = {},
                             .column_coefficients = {},
                             .regressor_covariance = tile.regressor_covariance(l),
                             .observations = tile.observations(l)};
            for (const std::size_t row : space.rows()) {
                value.gradient.push_back(tile.gradient()[row][l]);
            }
            for (std::size_t k = 0; k < series.regressors; ++k) {
                const auto column = static_cast<int>(share.columns + k);
                value.column_coefficients.push_back(tile.column_coefficient(l, column));
            }
            values.push_back(std::move(value));
        }
    }
    return values;
}

std::vector<double> missing_values(const plan::LagFilterKernels& kernels, const plan::LagFilter& orders,
                                   const std::vector<double>& coefficients, const ArimaData& series,
                                   std::span<const double> regression) {
    const FlushDenormals flush;
    ArimaData rest = without_regression(series, regression);
    const GapShare share = filtered_gaps(rest);
    LikelihoodTile tile(kernels, tile_shape(orders, rest.w.size(), share, 0, false));
    const ParameterSpace space(kernels.filter, orders);
    set_series(tile, 0, rest, share);
    for (std::size_t k = 0; k < space.size(); ++k) {
        tile.coefficients()[space.rows()[k]][0] = coefficients[k];
    }
    tile.evaluate();
    std::vector<double> values = tile.missing_values(0);
    for (double& value : values) {
        value *= series.scale;
    }
    return values;
}

void polish(const plan::LagFilterKernels& kernels, const EstimationJob& job, Estimate& best,
            bool conditional) {
    constexpr double noticeable = 1e-6;
    const ParameterSpace space(kernels.filter, job.orders);
    std::vector<double> point(space.size());
    for (int round = 0; round < 4 && !best.coefficients.empty(); ++round) {
        const Information around =
            observed_information(kernels, job.orders, *job.data, best.coefficients, conditional);
        if (around.newton_step.empty()) {
            return;
        }
        std::vector<double> improved = best.coefficients;
        for (std::size_t k = 0; k < improved.size(); ++k) {
            improved[k] += around.newton_step[k];
        }
        if (!space.to_point(improved, point)) {
            return;
        }
        const PointValue there =
            evaluate(kernels, job.orders, *job.data, std::span(&improved, 1), conditional)[0];
        if (!(there.objective <= best.objective + 1e-12 * std::abs(best.objective))) {
            return;
        }
        const double gain = best.objective - there.objective;
        best.point = point;
        best.coefficients = improved;
        best.column_coefficients = there.column_coefficients;
        best.objective = there.objective;
        best.variance = there.variance;
        if (gain < noticeable) {
            return;
        }
    }
}

} // namespace timeloom::detail
