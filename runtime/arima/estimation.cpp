#include "timeloom/runtime/arima/estimation.hpp"

#include "timeloom/runtime/arima/information.hpp"
#include "timeloom/runtime/arima/likelihood_tile.hpp"
#include "timeloom/runtime/arima/parameter_space.hpp"
#include "timeloom/runtime/arima/search_tile.hpp"
#include "timeloom/runtime/flush_denormals.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace timeloom {

namespace {

constexpr std::size_t lanes = dsl::series_lanes;

/// Estimates jobs whose series have equally many missing values.
void estimate_group(const LagFilterKernels& kernels, std::span<const EstimationJob* const> jobs,
                    std::span<Estimate* const> results, bool conditional) {
    TileShape shape{.orders = {.seasonal_period = kernels.filter.seasonal_period,
                               .second_period = kernels.filter.second_period},
                    .missing = static_cast<int>(jobs[0]->data->missing),
                    .regressors = static_cast<int>(jobs[0]->data->regressors),
                    .conditional = conditional};
    for (const EstimationJob* job : jobs) {
        shape.most_steps = std::max(shape.most_steps, static_cast<int>(job->data->w.size()));
        shape.orders.p = std::max(shape.orders.p, job->orders.p);
        shape.orders.q = std::max(shape.orders.q, job->orders.q);
        shape.orders.seasonal_p = std::max(shape.orders.seasonal_p, job->orders.seasonal_p);
        shape.orders.seasonal_q = std::max(shape.orders.seasonal_q, job->orders.seasonal_q);
        shape.orders.second_p = std::max(shape.orders.second_p, job->orders.second_p);
        shape.orders.second_q = std::max(shape.orders.second_q, job->orders.second_q);
    }
    SearchTile(kernels, shape, jobs, results).run();
}

/// A root at the unit circle to the last bit is on its other side for whoever reads the coefficients: the
/// point is drawn in until they are those of a stationary and invertible model.
void draw_in(const LagFilterKernels& kernels, const EstimationJob& job, Estimate& best, bool conditional) {
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

SearchPlan thorough_plan(const dsl::lag_filter& orders) {
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

SearchPlan brisk_plan(const dsl::lag_filter& orders) {
    if (!orders.has_ma()) {
        return {.first = 2, .further = 2, .most = 4};
    }
    return {
        .first = lanes / 2, .further = lanes / 2, .most = 2 * lanes, .scattered = 1, .looked_at = 3 * lanes};
}

std::vector<Estimate> estimate(const LagFilterKernels& kernels, std::span<const EstimationJob> jobs,
                               bool conditional) {
    const FlushDenormals flush; // impulse responses die out
    std::vector<Estimate> results(jobs.size());
    std::vector<std::size_t> order(jobs.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(
        order, {}, [&](std::size_t i) { return std::pair(jobs[i].data->missing, jobs[i].data->w.size()); });
    for (std::size_t first = 0; first < order.size();) {
        std::vector<const EstimationJob*> group;
        std::vector<Estimate*> group_results;
        const std::size_t missing = jobs[order[first]].data->missing;
        for (; first < order.size() && jobs[order[first]].data->missing == missing; ++first) {
            group.push_back(&jobs[order[first]]);
            group_results.push_back(&results[order[first]]);
        }
        estimate_group(kernels, group, group_results, conditional);
    }
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        draw_in(kernels, jobs[i], results[i], conditional);
    }
    return results;
}

std::vector<PointValue> evaluate(const LagFilterKernels& kernels, const dsl::lag_filter& orders,
                                 const ArimaData& series, std::span<const std::vector<double>> coefficients,
                                 bool conditional) {
    const FlushDenormals flush;
    LikelihoodTile tile(kernels, {.orders = orders,
                                  .most_steps = static_cast<int>(series.w.size()),
                                  .missing = static_cast<int>(series.missing),
                                  .regressors = static_cast<int>(series.regressors),
                                  .conditional = conditional});
    const ParameterSpace space(kernels.filter, orders);
    std::vector<PointValue> values;
    for (std::size_t l = 0; l < lanes; ++l) {
        tile.set_series(l, series.detrended, series.columns);
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
            for (std::size_t k = 0; k < series.missing + series.regressors; ++k) {
                value.column_coefficients.push_back(tile.column_coefficient(l, static_cast<int>(k)));
            }
            values.push_back(std::move(value));
        }
    }
    return values;
}

void polish(const LagFilterKernels& kernels, const EstimationJob& job, Estimate& best, bool conditional) {
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

} // namespace timeloom
