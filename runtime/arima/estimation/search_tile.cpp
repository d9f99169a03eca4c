#include "timeloom/runtime/arima/estimation/search_tile.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace timeloom::detail {

SearchTile::SearchTile(const plan::LagFilterKernels& kernels, const TileShape& shape, const GapShare& share,
                       std::span<const EstimationJob* const> jobs, std::span<Estimate* const> results)
    : kernels_(kernels), share_(share), tile_(kernels, shape) {
    jobs_.reserve(jobs.size());
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        jobs_.push_back({ModelSearch(*jobs[i], kernels.filter, *results[i])});
    }
    const auto most = static_cast<std::size_t>(kernels.filter.parameters());
    coefficients_.resize(most);
    gradient_.resize(most);
    point_gradient_.resize(most);
}

void SearchTile::run() {
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
        next_round(i);
    }
    for (std::size_t l = 0; l < lanes; ++l) {
        begin_next(l);
    }
    while (std::ranges::any_of(lanes_, [](const Lane& lane) { return lane.task.has_value(); })) {
        tile_.evaluate();
        const auto follows = [](const Lane& lane) { return lane.task && lane.task->follow; };
        if (std::ranges::any_of(lanes_, follows)) {
            tile_.evaluate_gradient();
        }
        for (std::size_t l = 0; l < lanes; ++l) {
            if (lanes_[l].task) {
                tell(l);
            }
        }
        // Lanes that had nothing to do may have been given something by the others.
        for (std::size_t l = 0; l < lanes; ++l) {
            if (!lanes_[l].task) {
                begin_next(l);
            }
        }
    }
}

/// Candidates are valued where there is a choice.
void SearchTile::next_round(std::size_t job) {
    Job& j = jobs_[job];
    j.candidates = j.search.candidates();
    j.values.assign(j.candidates.size(), 0.0);
    if (j.candidates.size() < 2) {
        follow(job, std::move(j.candidates));
        return;
    }
    j.pending = j.candidates.size();
    for (std::size_t i = 0; i < j.candidates.size(); ++i) {
        to_value_.push_back({job, i, false, {j.candidates[i].point}});
    }
}

void SearchTile::follow(std::size_t job, std::vector<StartingPoint> starts) {
    jobs_[job].pending = starts.size();
    for (std::size_t i = 0; i < starts.size(); ++i) {
        to_follow_.push_back({job, i, true, std::move(starts[i])});
    }
}

void SearchTile::begin_next(std::size_t lane) {
    Lane& l = lanes_[lane];
    std::deque<Task>& queue = to_value_.empty() ? to_follow_ : to_value_;
    if (queue.empty()) {
        l.task.reset();
        clear(lane);
        return;
    }
    l.task = std::move(queue.front());
    queue.pop_front();
    const EstimationJob& job = jobs_[l.task->job].search.job();
    if (l.series != job.data) {
        l.series = job.data;
        set_series(tile_, lane, *job.data, share_);
    }
    if (!l.space || l.orders != job.orders) {
        l.orders = job.orders;
        l.space.emplace(kernels_.filter, job.orders);
        clear(lane);
    }
    if (l.task->follow) {
        l.search.begin(l.task->start.point, l.task->start.inverse_hessian,
                       0.25 / static_cast<double>(job.data->observations()), job.plan.search);
    }
    place(lane, l.task->start.point);
}

void SearchTile::place(std::size_t lane, std::span<const double> point) {
    ParameterSpace& space = *lanes_[lane].space;
    space.to_coefficients(point, coefficients_);
    for (std::size_t k = 0; k < space.size(); ++k) {
        tile_.coefficients()[space.rows()[k]][lane] = coefficients_[k];
    }
}

/// White noise, which costs the tile least.
void SearchTile::clear(std::size_t lane) {
    for (int k = 0; k < kernels_.filter.parameters(); ++k) {
        tile_.coefficients()[k][lane] = 0.0;
    }
}

void SearchTile::tell(std::size_t lane) {
    ++jobs_[lanes_[lane].task->job].search.best().evaluations;
    if (lanes_[lane].task->follow) {
        tell_search(lane);
    } else {
        tell_value(lane);
    }
}

void SearchTile::tell_value(std::size_t lane) {
    const Task& task = *lanes_[lane].task;
    Job& job = jobs_[task.job];
    job.values[task.number] = tile_.value()[lane];
    if (--job.pending == 0) {
        follow(task.job, job.search.choose(std::move(job.candidates), job.values));
    }
    begin_next(lane);
}

void SearchTile::tell_search(std::size_t lane) {
    Lane& l = lanes_[lane];
    ModelSearch& model = jobs_[l.task->job].search;
    const std::size_t size = l.space->size();
    for (std::size_t k = 0; k < size; ++k) {
        gradient_[k] = tile_.gradient()[l.space->rows()[k]][lane];
    }
    const std::span in_point = std::span(point_gradient_).first(size);
    l.space->flow_back(l.search.trial(), std::span(gradient_).first(size), in_point);
    const double value = tile_.value()[lane];
    const Estimate& best = model.best();
    if (std::isfinite(value) && (best.status == SearchStatus::not_finite || value < best.objective)) {
        remember(lane, value);
    }
    if (l.search.tell(value, in_point) || model.adds_nothing(l.search)) {
        end_search(lane);
    } else {
        place(lane, l.search.trial());
    }
}

/// A search that stopped without reaching a maximum only counts where it is the best.
void SearchTile::end_search(std::size_t lane) {
    const Lane& l = lanes_[lane];
    const std::size_t job = l.task->job;
    ModelSearch& model = jobs_[job].search;
    Estimate& best = model.best();
    if (best.status != SearchStatus::converged &&
        l.search.value() <= best.objective + 1e-9 * std::abs(best.objective)) {
        best.status = l.search.status();
    }
    model.tell(l.search);
    if (--jobs_[job].pending == 0) {
        next_round(job);
    }
    begin_next(lane);
}

void SearchTile::remember(std::size_t lane, double value) {
    const Lane& l = lanes_[lane];
    Estimate& best = jobs_[l.task->job].search.best();
    if (best.status == SearchStatus::not_finite || value < best.objective - 1e-9 * std::abs(best.objective)) {
        best.status = SearchStatus::running;
    }
    const std::span<const double> trial = l.search.trial();
    best.point.assign(trial.begin(), trial.end());
    best.coefficients.resize(trial.size());
    for (std::size_t k = 0; k < trial.size(); ++k) {
        best.coefficients[k] = tile_.coefficients()[l.space->rows()[k]][lane];
    }
    best.objective = value;
    best.variance = tile_.variance(lane);
    best.column_coefficients.resize(l.series->regressors);
    for (std::size_t k = 0; k < l.series->regressors; ++k) {
        best.column_coefficients[k] = tile_.column_coefficient(lane, static_cast<int>(share_.columns + k));
    }
}

namespace {

/// True where the presample of the exact likelihood takes most of its time. Not with autoregressions: where
/// they nearly cancel moving averages the exact likelihood has maxima that the conditional one lacks.
bool begins_conditionally(const TileShape& shape, const EstimationJob& job) {
    return shape.has_presample() && shape.missing == 0 && !job.orders.has_ar() && job.plan.start.empty() &&
           job.orders.ma_degree() > shape.longest_dense_presample &&
           2 * static_cast<std::size_t>(shape.orders.ar_degree()) < job.data->w.size();
}

/// To within what is left to the exact search.
SearchPlan conditional_plan(SearchPlan plan) {
    plan.known.clear();
    plan.looked_at /= 2;
    plan.search.tolerance = 1e-3;
    return plan;
}

SearchPlan exact_plan(SearchPlan plan, const ModelSearch& conditional) {
    std::vector<StartingPoint> maxima = conditional.maxima();
    if (!maxima.empty()) {
        std::ranges::move(maxima, std::back_inserter(plan.near));
        plan.made = conditional.searches();
        plan.first = plan.near.size();
        plan.looked_at = plan.scattered = 0;
    }
    return plan;
}

} // namespace

void search_in_tile(const plan::LagFilterKernels& kernels, const TileShape& shape, const GapShare& share,
                    std::span<const EstimationJob* const> jobs, std::span<Estimate* const> results) {
    std::vector<EstimationJob> begun;
    std::vector<const EstimationJob*> now(jobs.begin(), jobs.end());
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        if (begins_conditionally(shape, *jobs[i])) {
            places.push_back(i);
            begun.push_back({jobs[i]->data, jobs[i]->orders, conditional_plan(jobs[i]->plan)});
        }
    }
    std::vector<Estimate> ends(begun.size());
    if (!begun.empty()) {
        std::vector<const EstimationJob*> group;
        std::vector<Estimate*> group_results;
        for (std::size_t k = 0; k < begun.size(); ++k) {
            group.push_back(&begun[k]);
            group_results.push_back(&ends[k]);
        }
        TileShape conditional = shape;
        conditional.conditional = true;
        SearchTile tile(kernels, conditional, share, group, group_results);
        tile.run();
        for (std::size_t k = 0; k < begun.size(); ++k) {
            begun[k].plan = exact_plan(jobs[places[k]]->plan, tile.search(k));
            now[places[k]] = &begun[k];
        }
    }
    SearchTile(kernels, shape, share, now, results).run();
    for (std::size_t k = 0; k < begun.size(); ++k) {
        results[places[k]]->evaluations += ends[k].evaluations;
    }
}

} // namespace timeloom::detail
