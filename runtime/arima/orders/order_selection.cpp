#include "timeloom/runtime/arima/orders/order_selection.hpp"

#include "timeloom/runtime/arima/estimation/order_points.hpp"
#include "timeloom/runtime/arima/orders/chosen_differences.hpp"
#include "timeloom/runtime/arima/parameters/parameter_order.hpp"
#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace timeloom::detail {

namespace {

/// Models that are estimated at once, some of them in the hope that the search will want them: as many as
/// share a tile.
constexpr std::size_t models_ahead = plan::series_lanes;

/// Log-likelihoods are compared to about this; what is chosen is estimated more closely.
constexpr double comparison_tolerance = 1e-5;
constexpr double final_tolerance = 1e-10;
constexpr std::size_t most_evaluations = 500;
constexpr std::size_t final_starts = 2;

/// How far above the best a criterion may be for another search to be worth it.
constexpr double second_look_margin = 5;

SearchPlan second_look_plan(const std::vector<double>& point, double value) {
    return {.known = point,
            .known_value = value,
            .first = 4,
            .most = 4,
            .scattered = 1,
            .patience = 16,
            .search = {.tolerance = comparison_tolerance, .most_evaluations = 60}};
}

ArimaFit fit_of(const ArimaData& data, const plan::LagFilter& orders, const Estimate& estimate) {
    ArimaFit fit;
    const auto n = static_cast<double>(data.observations());
    fit.status = estimate.is_maximum() ? FitStatus::converged : FitStatus::iteration_limit;
    if (fit.status == FitStatus::iteration_limit) {
        fit.message =
            estimate.status == SearchStatus::iteration_limit
                ? "the likelihood was still rising when the search was stopped"
                : "no step led further up before the maximum was reached; the likelihood may be flat";
    }
    fit.params = data.regression(estimate.column_coefficients);
    const std::vector<double> arma = to_statsmodels_order(orders, estimate.coefficients);
    fit.params.insert(fit.params.end(), arma.begin(), arma.end());
    fit.sigma2 = estimate.variance * data.scale * data.scale;
    fit.sigma = std::sqrt(estimate.variance) * data.scale;
    fit.llf =
        -estimate.objective - 0.5 * n * (1.0 + std::log(2.0 * std::numbers::pi)) - n * std::log(data.scale);
    fit.nobs = data.observations();
    fit.evaluations = estimate.evaluations;
    return fit;
}

} // namespace

OrderSelection::OrderSelection(const plan::ArimaOrders& most, std::span<const double> y,
                               const Regressors& exog, const AutoArimaOptions& options)
    : options_(options), most_(most) {
    try {
        const VaryingRegressors regressors = varying_regressors(y, exog);
        result_.exog_columns = regressors.columns;
        const ChosenDifferences chosen = choose_differences(most, y, regressors, options);
        d_ = chosen.d;
        D_ = chosen.D;
        second_D_ = chosen.second_D;
        const int differences = d_ + D_ + second_D_;
        may_have_constant_ = differences == 0 ? options.allow_mean : differences == 1 && options.allow_drift;
        if (chosen.constant) {
            const bool constant = *chosen.constant != 0;
            end_as_constant(std::vector<double>(constant, *chosen.constant), constant);
        } else {
            prepare_data(y, regressors);
        }
        if (!over_) {
            set_limits();
        }
    } catch (const OutOfMemory&) {
        throw;
    } catch (const Error& error) {
        result_.fit.message = error.what();
        over_ = true;
    }
}

void OrderSelection::end_as_constant(std::vector<double> params, bool constant) {
    result_.orders = orders_of({});
    result_.trend = constant ? plan::Trend::differenced_mean : plan::Trend::n;
    result_.fit.status = FitStatus::constant;
    result_.fit.message = "constant once differenced: there is nothing to estimate";
    result_.fit.params = std::move(params);
    over_ = true;
}

void OrderSelection::prepare_data(std::span<const double> y, const VaryingRegressors& exog) {
    prepare_data(y, exog, false);
    if (over_ || !may_have_constant_) {
        return;
    }
    try {
        prepare_data(y, exog, true);
    } catch (const OutOfMemory&) {
        throw;
    } catch (const Error&) {
        if (exog.columns.empty()) {
            throw;
        }
        may_have_constant_ = false; // the regressors make one
    }
}

void OrderSelection::prepare_data(std::span<const double> y, const VaryingRegressors& exog, bool constant) {
    const bool fewer = options_.truncate > 0 && options_.truncate < y.size();
    const std::size_t rows = fewer ? options_.truncate : y.size();
    const plan::ArimaOrders orders = orders_of({});
    const auto trend = constant ? plan::Trend::differenced_mean : plan::Trend::n;
    const ArimaData& data = data_[constant].emplace(prepare(y.last(rows), exog.last(rows), orders, trend));
    if (fewer) {
        whole_[constant] = prepare(y, exog.all(), orders, trend);
    }
    if (data.constant) {
        end_as_constant(data.regression(std::vector<double>(data.missing + data.regressors)), constant);
    }
}

void OrderSelection::set_limits() {
    const std::size_t n = data_[0]->observations() + static_cast<std::size_t>(orders_of({}).lost());
    const int third = static_cast<int>(n / 3);
    const int season = std::max(1, most_.seasonal_period);
    OrderLimits limits;
    limits.p = std::min({options_.max_p, most_.p, third});
    limits.q = std::min({options_.max_q, most_.q, third});
    limits.P = std::min({options_.max_P, most_.seasonal_p, third / season});
    limits.Q = std::min({options_.max_Q, most_.seasonal_q, third / season});
    const int second = std::max(1, most_.second_period);
    limits.second_P = std::min({options_.max_second_P, most_.second_p, third / second});
    limits.second_Q = std::min({options_.max_second_Q, most_.second_q, third / second});
    limits.terms = options_.max_order;
    limits.constant = may_have_constant_;
    limits.models = options_.nmodels;
    limits.start = {options_.start_p,   options_.start_q,        options_.start_P,       options_.start_Q,
                    may_have_constant_, options_.start_second_P, options_.start_second_Q};
    if (n < 10) {
        limits.start = {std::min(1, limits.start.p), std::min(1, limits.start.q), 0, 0, may_have_constant_};
    }
    ic_ = n <= 3 ? InformationCriterion::aic : options_.ic;
    search_.emplace(limits, options_.stepwise);
}

plan::ArimaOrders OrderSelection::orders_of(const CandidateOrders& model) const {
    return {model.p,
            d_,
            model.q,
            model.P,
            D_,
            model.Q,
            most_.seasonal_period,
            model.second_P,
            second_D_,
            model.second_Q,
            most_.second_period};
}

void OrderSelection::append_jobs(std::vector<EstimationJob>& jobs) {
    asked_.clear();
    while (!over_ && !final_ && asked_.empty()) {
        const std::vector<CandidateOrders> wanted = search_->wanted(models_ahead);
        if (wanted.empty()) {
            if (!append_second_look(jobs)) {
                append_final_job(jobs);
            }
            return;
        }
        const std::optional<CandidateOrders> best = search_->best();
        for (const CandidateOrders& model : wanted) {
            const ArimaData& data = *data_[model.constant];
            if (!long_enough(data, orders_of(model))) {
                known_[model];
                tell_search(model);
                continue;
            }
            EstimationJob job{.data = &data,
                              .orders = orders_of(model).filter(),
                              .plan = {.search = {.tolerance = comparison_tolerance}}};
            if (best) {
                job.plan.near = {{carried_over(known_[*best].point, orders_of(*best).filter(), job.orders)}};
            }
            jobs.push_back(std::move(job));
            asked_.push_back(model);
        }
    }
}

/// A model cannot have a lower likelihood than those that it contains; this finds the likeliest of them.
const OrderSelection::Known* OrderSelection::likeliest_within(const CandidateOrders& model,
                                                              CandidateOrders& which) const {
    const Known* likeliest = nullptr;
    for (const auto& [other, known] : known_) {
        const bool contained = other != model && other.p <= model.p && other.q <= model.q &&
                               other.P <= model.P && other.Q <= model.Q && other.second_P <= model.second_P &&
                               other.second_Q <= model.second_Q && other.constant <= model.constant;
        if (contained && known.fit.ok() && (likeliest == nullptr || known.fit.llf > likeliest->fit.llf)) {
            likeliest = &known;
            which = other;
        }
    }
    return likeliest;
}

/// Likelihoods with moving averages have several maxima, and one search finds one of them. Models within
/// reach of the best, also those that are not taken, are searched again: from other points, and from the
/// maximum of a smaller model that has the higher likelihood. Whether there are any.
bool OrderSelection::append_second_look(std::vector<EstimationJob>& jobs) {
    const std::optional<CandidateOrders> best = search_->best();
    const double limit = best ? criterion(known_[*best]) + second_look_margin : HUGE_VAL;
    for (const CandidateOrders& model : search_->path()) {
        Known& known = known_[model];
        if (known.searched || !known.fit.ok()) {
            continue;
        }
        CandidateOrders smaller;
        const Known* within = likeliest_within(model, smaller);
        const double missed = within == nullptr ? 0.0 : std::max(0.0, within->fit.llf - known.fit.llf);
        const bool has_failed = missed > 1e-3;
        if ((model.q + model.Q + model.second_Q == 0 && !has_failed) ||
            !(criterion(known) - 2 * missed < limit)) {
            continue;
        }
        known.searched = true;
        const plan::LagFilter filter = orders_of(model).filter();
        SearchPlan plan = second_look_plan(known.point, known.objective);
        if (has_failed) {
            plan.near = {{carried_over(within->point, orders_of(smaller).filter(), filter)}};
        }
        jobs.push_back({.data = &*data_[model.constant], .orders = filter, .plan = std::move(plan)});
        asked_.push_back(model);
    }
    return !asked_.empty();
}

void OrderSelection::append_final_job(std::vector<EstimationJob>& jobs) {
    const std::optional<CandidateOrders> best = search_->best();
    if (!best) {
        result_.fit.message = "no order could be estimated; the series may be too short";
        over_ = true;
        return;
    }
    final_ = true;
    asked_ = {*best};
    const std::optional<ArimaData>& whole = whole_[best->constant];
    const plan::LagFilter filter = orders_of(*best).filter();
    // From beside the maximum: at it, a search would end before it knew how the likelihood bends.
    std::vector<double> near = known_[*best].point;
    for (double& u : near) {
        u *= 0.95;
    }
    jobs.push_back(
        {.data = whole ? &*whole : &*data_[best->constant],
         .orders = filter,
         .plan = {.near = {{std::move(near)}},
                  .first = final_starts,
                  .most = final_starts,
                  .search = {.tolerance = final_tolerance, .most_evaluations = most_evaluations}}});
}

OrderSelection::Known OrderSelection::judged(const CandidateOrders& model, const ArimaData& data,
                                             const Estimate& estimate) const {
    Known known;
    const plan::LagFilter filter = orders_of(model).filter();
    if (!(estimate.variance > 0)) {
        return known;
    }
    known.fit = fit_of(data, filter, estimate);
    known.point = estimate.point;
    known.objective = estimate.objective;
    known.taken = roots_beyond(estimate.coefficients, filter, options_.min_root);
    return known;
}

double OrderSelection::criterion(const Known& known) const {
    if (!known.fit.ok()) {
        return HUGE_VAL;
    }
    switch (ic_) {
    case InformationCriterion::aic:
        return known.fit.aic();
    case InformationCriterion::bic:
        return known.fit.bic();
    default:
        return known.fit.aicc();
    }
}

void OrderSelection::tell(std::span<const Estimate> estimates) {
    if (final_) {
        tell_final(estimates[0]);
        return;
    }
    for (std::size_t i = 0; i < asked_.size(); ++i) {
        const CandidateOrders& model = asked_[i];
        Known& known = known_[model];
        Known next = judged(model, *data_[model.constant], estimates[i]);
        next.searched = known.searched;
        if (!known.fit.ok() || (next.fit.ok() && next.fit.llf > known.fit.llf)) {
            known = std::move(next);
        }
        tell_search(model);
    }
}

void OrderSelection::tell_search(const CandidateOrders& model) {
    const Known& known = known_[model];
    search_->tell(model, {criterion(known), known.taken});
}

void OrderSelection::tell_final(const Estimate& estimate) {
    const CandidateOrders best = asked_[0];
    const std::optional<ArimaData>& whole = whole_[best.constant];
    const Known last = judged(best, whole ? *whole : *data_[best.constant], estimate);
    const ArimaFit& chosen = known_[best].fit;
    // A higher maximum with a root at the unit circle is not what was chosen, and neither is a lower one.
    const bool as_high = last.fit.llf > chosen.llf - comparison_tolerance;
    const bool better = whole ? last.fit.ok() : last.taken && as_high;
    result_.fit = better ? last.fit : chosen;
    result_.orders = orders_of(best);
    result_.trend = best.constant ? plan::Trend::differenced_mean : plan::Trend::n;
    for (const CandidateOrders& model : search_->path()) {
        const Known& known = known_[model];
        result_.tried.push_back({orders_of(model),
                                 model.constant ? plan::Trend::differenced_mean : plan::Trend::n,
                                 known.fit.ok() ? known.fit.aicc() : HUGE_VAL, known.taken});
    }
    over_ = true;
}

} // namespace timeloom::detail
