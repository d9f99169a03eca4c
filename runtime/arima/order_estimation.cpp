#include "timeloom/runtime/arima/order_estimation.hpp"

#include "timeloom/runtime/arima/likelihood_tile.hpp"
#include "timeloom/runtime/arima/parameter_space.hpp"
#include "timeloom/runtime/arima/starting_points.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/flush_denormals.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>

namespace timeloom {

namespace {

constexpr std::size_t lanes = dsl::series_lanes;

/// What the jobs of one tile have in common. Seasonal moving averages of one order only, because the time
/// that the presample takes grows with the third power of their reach.
struct SharedBy {
    const LagFilterKernels* kernels;
    std::size_t missing, regressors;
    int seasonal_q;

    auto operator<=>(const SharedBy&) const = default;
};

/// Jobs that share one tile.
class SharedTile {
  public:
    SharedTile(const SharedBy& shared, std::span<const OrderJob> jobs, std::span<const std::size_t> members,
               std::span<Estimate> results)
        : kernels_(*shared.kernels), jobs_(jobs), results_(results),
          tile_(kernels_, shape(shared, jobs, members)) {}

    void run(std::span<const std::size_t> members) {
        choose_starts(members);
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
    /// A starting point of a job.
    struct Task {
        std::size_t job;
        StartingPoint start;
        double value = 0;
    };

    static TileShape shape(const SharedBy& shared, std::span<const OrderJob> jobs,
                           std::span<const std::size_t> members) {
        std::size_t longest = 0;
        for (const std::size_t job : members) {
            longest = std::max(longest, jobs[job].data->w.size());
        }
        dsl::lag_filter most = shared.kernels->filter;
        most.seasonal_q = shared.seasonal_q;
        return {.orders = most,
                .most_steps = static_cast<int>(longest),
                .missing = static_cast<int>(shared.missing),
                .regressors = static_cast<int>(shared.regressors)};
    }

    void set_job(std::size_t lane, std::size_t job) {
        const ArimaData& data = *jobs_[job].data;
        if (series_[lane] != &data) {
            series_[lane] = &data;
            tile_.set_series(lane, data.detrended, data.columns);
        }
        spaces_[lane].emplace(kernels_.filter, jobs_[job].orders);
    }

    /// White noise, which costs the tile least.
    void clear(std::size_t lane) {
        for (int k = 0; k < kernels_.filter.parameters(); ++k) {
            tile_.coefficients()[k][lane] = 0.0;
        }
    }

    void place(std::size_t lane, std::span<const double> point) {
        ParameterSpace& space = *spaces_[lane];
        std::array<double, dsl::most_lag_coefficients * 2> coefficients{};
        space.to_coefficients(point, std::span(coefficients).first(space.size()));
        clear(lane);
        for (std::size_t k = 0; k < space.size(); ++k) {
            tile_.coefficients()[space.rows()[k]][lane] = coefficients[k];
        }
    }

    /// The likeliest starting points of each job, those to be followed.
    void choose_starts(std::span<const std::size_t> members) {
        std::vector<Task> candidates;
        for (const std::size_t job : members) {
            const OrderJob& j = jobs_[job];
            if (!j.near.empty()) {
                candidates.push_back({job, {j.near, {}}});
            }
            for (StartingPoint& start : starting_points(j.data->detrended, kernels_.filter, j.orders)) {
                candidates.push_back({job, std::move(start)});
            }
        }
        for (std::size_t first = 0; first < candidates.size(); first += lanes) {
            const std::span part = std::span(candidates).subspan(first);
            const std::size_t count = std::min(lanes, part.size());
            std::fill_n(tile_.coefficients(), kernels_.filter.parameters(), LaneRow{});
            for (std::size_t l = 0; l < count; ++l) {
                set_job(l, part[l].job);
                place(l, part[l].start.point);
            }
            tile_.evaluate();
            for (std::size_t l = 0; l < count; ++l) {
                const double value = tile_.value()[l];
                part[l].value = std::isfinite(value) ? value : HUGE_VAL;
            }
        }
        std::ranges::stable_sort(candidates, {}, [](const Task& t) { return std::pair(t.job, t.value); });
        std::size_t kept = 0;
        for (std::size_t c = 0; c < candidates.size(); ++c) {
            kept = c > 0 && candidates[c].job == candidates[c - 1].job ? kept + 1 : 0;
            if (kept < jobs_[candidates[c].job].starts) {
                tasks_.push_back(candidates[c]);
            }
        }
    }

    void begin_next(std::size_t lane) {
        running_[lane] = next_ < tasks_.size();
        if (!running_[lane]) {
            clear(lane);
            return;
        }
        task_[lane] = next_++;
        const Task& task = tasks_[task_[lane]];
        set_job(lane, task.job);
        search_[lane].begin(task.start.point, task.start.inverse_hessian, curvature_scale(task.job),
                            jobs_[task.job].search);
    }

    void tell(std::size_t lane) {
        const std::size_t job = tasks_[task_[lane]].job;
        ParameterSpace& space = *spaces_[lane];
        std::array<double, dsl::most_lag_coefficients * 2> gradient{}, point_gradient{};
        for (std::size_t k = 0; k < space.size(); ++k) {
            gradient[k] = tile_.gradient()[space.rows()[k]][lane];
        }
        const std::span in_point = std::span(point_gradient).first(space.size());
        space.flow_back(search_[lane].trial(), std::span(gradient).first(space.size()), in_point);
        Estimate& best = results_[job];
        const double value = tile_.value()[lane];
        ++best.evaluations;
        const double before = best.variance > 0 ? best.objective : HUGE_VAL;
        if (std::isfinite(value) && value < before) {
            remember(lane, job, value);
        }
        if (search_[lane].tell(value, in_point)) {
            if (search_[lane].value() <= best.objective + 1e-9 * std::abs(best.objective) &&
                best.status != SearchStatus::converged) {
                best.status = search_[lane].status();
            }
            begin_next(lane);
        }
    }

    double curvature_scale(std::size_t job) const {
        return 0.25 / static_cast<double>(jobs_[job].data->observations());
    }

    void remember(std::size_t lane, std::size_t job, double value) {
        Estimate& best = results_[job];
        if (value < best.objective - 1e-9 * std::abs(best.objective)) {
            best.status = SearchStatus::running;
        }
        const ParameterSpace& space = *spaces_[lane];
        const std::span<const double> trial = search_[lane].trial();
        best.point.assign(trial.begin(), trial.end());
        best.coefficients.resize(trial.size());
        for (std::size_t k = 0; k < trial.size(); ++k) {
            best.coefficients[k] = tile_.coefficients()[space.rows()[k]][lane];
        }
        best.objective = value;
        best.variance = tile_.variance(lane);
        const ArimaData& data = *jobs_[job].data;
        best.column_coefficients.resize(data.missing + data.regressors);
        for (std::size_t k = 0; k < best.column_coefficients.size(); ++k) {
            best.column_coefficients[k] = tile_.column_coefficient(lane, static_cast<int>(k));
        }
    }

    const LagFilterKernels& kernels_;
    std::span<const OrderJob> jobs_;
    std::span<Estimate> results_;
    LikelihoodTile tile_;
    std::array<std::optional<ParameterSpace>, lanes> spaces_;
    std::vector<Task> tasks_;
    std::size_t next_ = 0;
    std::array<Bfgs, lanes> search_;
    std::array<bool, lanes> running_{};
    std::array<std::size_t, lanes> task_{};
    std::array<const ArimaData*, lanes> series_{};
};

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

std::vector<Estimate> estimate_orders(const ArimaKernelTable& kernels, std::span<const OrderJob> jobs) {
    const FlushDenormals flush; // impulse responses die out
    std::vector<Estimate> results(jobs.size());
    std::map<SharedBy, std::vector<std::size_t>> groups;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        const LagFilterKernels& filter = serving_filter(kernels, jobs[i].orders);
        const ArimaData& data = *jobs[i].data;
        groups[{&filter, data.missing, data.regressors, jobs[i].orders.seasonal_q}].push_back(i);
    }
    for (const auto& [shared, members] : groups) {
        SharedTile(shared, jobs, members, results).run(members);
    }
    return results;
}

} // namespace timeloom
