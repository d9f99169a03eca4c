#include "timeloom/runtime/arima/estimation.hpp"

#include "timeloom/runtime/arima/likelihood_tile.hpp"
#include "timeloom/runtime/arima/parameter_space.hpp"
#include "timeloom/runtime/arima/starting_points.hpp"
#include "timeloom/runtime/flush_denormals.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace timeloom {

namespace {

constexpr std::size_t lanes = dsl::series_lanes;

/// One search: a series and a starting point.
struct Search {
    std::size_t series;
    StartingPoint start;
};

/// Estimates series that have equally many missing values.
class Estimator {
  public:
    Estimator(const LagFilterKernels& kernels, const dsl::lag_filter& orders,
              std::span<const ArimaData* const> series, const EstimationOptions& options,
              std::span<Estimate* const> results)
        : kernels_(kernels.filter), orders_(orders), series_(series), options_(options), results_(results),
          tile_(kernels, shape(orders, series, options.conditional)) {
        for (std::size_t l = 0; l < lanes; ++l) {
            spaces_.emplace_back(kernels.filter, orders);
        }
        coefficients_.resize(spaces_[0].size());
        gradient_.resize(spaces_[0].size());
        point_gradient_.resize(spaces_[0].size());
    }

    void run() {
        choose_starts();
        for (std::size_t l = 0; l < lanes; ++l) {
            begin_next(l);
        }
        while (std::ranges::any_of(running_, [](bool r) { return r; })) {
            for (std::size_t l = 0; l < lanes; ++l) {
                if (running_[l]) {
                    place(l, search_[l].trial());
                }
            }
            tile_.evaluate();
            tile_.evaluate_gradient();
            for (std::size_t l = 0; l < lanes; ++l) {
                if (running_[l]) {
                    tell(l);
                }
            }
        }
    }

  private:
    static TileShape shape(const dsl::lag_filter& orders, std::span<const ArimaData* const> series,
                           bool conditional) {
        std::size_t longest = 0;
        for (const ArimaData* data : series) {
            longest = std::max(longest, data->w.size());
        }
        return {.orders = orders,
                .most_steps = static_cast<int>(longest),
                .missing = static_cast<int>(series[0]->missing),
                .regressors = static_cast<int>(series[0]->regressors),
                .conditional = conditional};
    }

    void place(std::size_t lane, std::span<const double> point) {
        spaces_[lane].to_coefficients(point, coefficients_);
        for (std::size_t k = 0; k < coefficients_.size(); ++k) {
            tile_.coefficients()[spaces_[lane].rows()[k]][lane] = coefficients_[k];
        }
    }

    /// First one search for each series, then the others, which are given up where they come to the same
    /// point.
    void choose_starts() {
        const std::size_t kept = options_.starts > 0 ? options_.starts : default_starts(orders_);
        std::vector<Search> others;
        for (std::size_t i = 0; i < series_.size(); ++i) {
            if (!options_.start.empty()) {
                searches_.push_back({i, {options_.start, {}}});
                continue;
            }
            std::vector<StartingPoint> points = starting_points(series_[i]->detrended, kernels_, orders_);
            for (std::size_t k = 0; k < std::min(kept, points.size()); ++k) {
                (k == 0 ? searches_ : others).push_back({i, std::move(points[k])});
            }
        }
        first_done_.assign(series_.size(), false);
        std::ranges::move(others, std::back_inserter(searches_));
    }

    void begin_next(std::size_t lane) {
        running_[lane] = next_ < searches_.size();
        if (!running_[lane]) {
            return;
        }
        number_[lane] = next_;
        const Search& search = searches_[next_++];
        const ArimaData& data = *series_[search.series];
        series_of_[lane] = search.series;
        tile_.set_series(lane, data.detrended, data.columns);
        search_[lane].begin(search.start.point, search.start.inverse_hessian,
                            0.25 / static_cast<double>(data.observations()), options_.search);
    }

    void tell(std::size_t lane) {
        for (std::size_t k = 0; k < gradient_.size(); ++k) {
            gradient_[k] = tile_.gradient()[spaces_[lane].rows()[k]][lane];
        }
        const std::span<const double> trial = search_[lane].trial();
        spaces_[lane].flow_back(trial, gradient_, point_gradient_);
        Estimate& best = *results_[series_of_[lane]];
        const double value = tile_.value()[lane];
        const bool first_of_series = best.evaluations++ == 0;
        if (std::isfinite(value) && (first_of_series || best.point.empty() || value < best.objective)) {
            remember(lane, value, best);
        }
        const bool over = search_[lane].tell(value, point_gradient_);
        if (over && number_[lane] < series_.size()) {
            first_done_[series_of_[lane]] = true;
        }
        if (over || adds_nothing(lane, best)) {
            // A search that stopped without reaching a maximum only counts where it is the best.
            if (best.point.empty()) {
                best.status = search_[lane].status();
            } else if (search_[lane].value() <= best.objective + 1e-9 * std::abs(best.objective)) {
                const bool already = best.status == SearchStatus::converged;
                best.status = already ? best.status : search_[lane].status();
            }
            begin_next(lane);
        }
    }

    /// Whether a further search is about to end at the best point known, or creeps along a ridge above it.
    bool adds_nothing(std::size_t lane, const Estimate& best) const {
        const Bfgs& search = search_[lane];
        if (number_[lane] < series_.size() || !first_done_[series_of_[lane]] || !search.accepted()) {
            return false;
        }
        const double gap = search.value() - best.objective;
        constexpr std::size_t patience = 32;
        if (search.evaluations() >= patience && gap > 0) {
            return true;
        }
        double distance = 0;
        for (std::size_t k = 0; k < best.point.size(); ++k) {
            distance = std::max(distance, std::abs(search.point()[k] - best.point[k]));
        }
        return gap > 0 && gap < 0.1 && distance < 0.05;
    }

    void remember(std::size_t lane, double value, Estimate& best) {
        if (!best.point.empty() && value < best.objective - 1e-9 * std::abs(best.objective)) {
            best.status = SearchStatus::running;
        }
        const std::span<const double> trial = search_[lane].trial();
        best.point.assign(trial.begin(), trial.end());
        best.coefficients.resize(trial.size());
        for (std::size_t k = 0; k < trial.size(); ++k) {
            best.coefficients[k] = tile_.coefficients()[spaces_[lane].rows()[k]][lane];
        }
        best.objective = value;
        best.variance = tile_.variance(lane);
        const ArimaData& data = *series_[series_of_[lane]];
        best.column_coefficients.resize(data.missing + data.regressors);
        for (std::size_t k = 0; k < best.column_coefficients.size(); ++k) {
            best.column_coefficients[k] = tile_.column_coefficient(lane, static_cast<int>(k));
        }
    }

    dsl::lag_filter kernels_, orders_;
    std::span<const ArimaData* const> series_;
    const EstimationOptions& options_;
    std::span<Estimate* const> results_;
    LikelihoodTile tile_;
    std::vector<ParameterSpace> spaces_;
    std::vector<Search> searches_;
    std::size_t next_ = 0;
    std::array<Bfgs, lanes> search_;
    std::array<bool, lanes> running_{};
    std::array<std::size_t, lanes> series_of_{};
    std::array<std::size_t, lanes> number_{}; ///< of the search; one for each series comes first
    std::vector<bool> first_done_;
    std::vector<double> coefficients_, gradient_, point_gradient_;
};

} // namespace

std::vector<Estimate> estimate(const LagFilterKernels& kernels, const dsl::lag_filter& orders,
                               std::span<const ArimaData* const> series, const EstimationOptions& options) {
    const FlushDenormals flush; // impulse responses die out
    std::vector<Estimate> results(series.size());
    std::vector<std::size_t> order(series.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(
        order, {}, [&](std::size_t i) { return std::pair(series[i]->missing, series[i]->w.size()); });
    for (std::size_t first = 0; first < order.size();) {
        std::vector<const ArimaData*> group;
        std::vector<Estimate*> group_results;
        const std::size_t missing = series[order[first]]->missing;
        for (; first < order.size() && series[order[first]]->missing == missing; ++first) {
            group.push_back(series[order[first]]);
            group_results.push_back(&results[order[first]]);
        }
        Estimator(kernels, orders, group, options, group_results).run();
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

} // namespace timeloom
