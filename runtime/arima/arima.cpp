#include "timeloom/runtime/arima/arima.hpp"

#include "timeloom/runtime/arima/estimation.hpp"
#include "timeloom/runtime/arima/filter_series.hpp"
#include "timeloom/runtime/arima/information.hpp"
#include "timeloom/runtime/arima/parameter_order.hpp"
#include "timeloom/runtime/arima/parameter_space.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/random.hpp"
#include "timeloom/runtime/thread_pool.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace timeloom {

namespace {

/// -f - n/2 (1 + log 2π), for the series in its own scale.
double log_likelihood(const ArimaData& data, double objective, std::size_t observations) {
    const auto n = static_cast<double>(observations);
    return -objective - 0.5 * n * (1.0 + std::log(2.0 * std::numbers::pi)) - n * std::log(data.scale);
}

std::size_t counted(const ArimaData& data, const dsl::lag_filter& orders, bool conditional) {
    return data.observations() - (conditional ? static_cast<std::size_t>(orders.ar_degree()) : 0);
}

void require_stationary(bool stationary, const char* what) {
    if (!stationary) {
        throw Error(std::string(what) +
                    " are not stationary and invertible: a partial autocorrelation is 1 or more "
                    "in size; scale the coefficients down");
    }
}

class Fitter {
  public:
    Fitter(const LagFilterKernels& kernels, const dsl::arima_orders& orders, const ArimaFitOptions& options)
        : kernels_(kernels), filter_(orders.filter()), options_(options) {}

    /// Estimates for data that prepare() accepted and that are not constant.
    std::vector<Estimate> estimates(std::span<const ArimaData* const> data, const SearchPlan& plan) const {
        std::vector<EstimationJob> jobs;
        for (const ArimaData* series : data) {
            jobs.push_back(job_of(*series, plan));
        }
        const bool mle = options_.method == ArimaMethod::mle;
        std::vector<Estimate> results = estimate(kernels_, jobs, !mle);
        if (options_.method == ArimaMethod::css_mle) {
            for (std::size_t i = 0; i < jobs.size(); ++i) {
                jobs[i].plan.near = results[i].point;
                jobs[i].plan.start.clear();
            }
            results = estimate(kernels_, jobs);
        }
        return results;
    }

    EstimationJob job_of(const ArimaData& data, SearchPlan plan) const {
        if (options_.starts > 0) {
            plan.first = std::min(plan.first, options_.starts);
            plan.most = options_.starts;
            plan.further = std::max<std::size_t>(plan.further, 1);
        }
        plan.search.most_evaluations = options_.maxiter;
        if (!options_.start_params.empty()) {
            plan.start = start_point(ParameterSpace(kernels_.filter, filter_), data.regressors);
        }
        return {&data, filter_, std::move(plan)};
    }

    ArimaFit finish(const ArimaData& data, const Estimate& estimate) const {
        ArimaFit fit;
        const bool css = options_.method == ArimaMethod::css;
        fit.nobs = counted(data, filter_, css);
        fit.evaluations = estimate.evaluations;
        if (estimate.status == SearchStatus::not_finite) {
            fit.message = "the likelihood is not finite where the search begins; are there extreme values?";
            return fit;
        }
        fit.status =
            estimate.status == SearchStatus::converged ? FitStatus::converged : FitStatus::iteration_limit;
        if (fit.status == FitStatus::iteration_limit) {
            fit.message =
                estimate.variance < 1e-24
                    ? "the model predicts the series without error, so that its likelihood has no maximum"
                : estimate.status == SearchStatus::iteration_limit
                    ? "stopped after " + std::to_string(options_.maxiter) +
                          " evaluations without reaching the maximum; allow more (maxiter)"
                    : "no step led further up before the maximum was reached; the likelihood may be flat";
        }
        fit.sigma2 = estimate.variance * data.scale * data.scale;
        fit.sigma = std::sqrt(estimate.variance) * data.scale;
        fit.llf = log_likelihood(data, estimate.objective, fit.nobs);
        fit.params = data.regression(estimate.column_coefficients);
        const std::vector<double> arma = to_statsmodels_order(filter_, estimate.coefficients);
        fit.params.insert(fit.params.end(), arma.begin(), arma.end());
        return fit;
    }

  private:
    std::vector<double> start_point(const ParameterSpace& space, std::size_t regressors) const {
        if (options_.start_params.size() != regressors + space.size()) {
            throw Error("start_params has " + std::to_string(options_.start_params.size()) +
                        " values, but the model " + std::to_string(regressors + space.size()) +
                        " parameters without sigma2");
        }
        const std::vector<double> coefficients =
            to_kernel_order(filter_, std::span(options_.start_params).subspan(regressors));
        std::vector<double> point(space.size());
        require_stationary(space.to_point(coefficients, point), "start_params");
        return point;
    }

    const LagFilterKernels& kernels_;
    dsl::lag_filter filter_;
    const ArimaFitOptions& options_;
};

const LagFilterKernels& choose_filter(const dsl::arima_orders& orders, const ArimaKernelTable& kernels) {
    for (const LagFilterKernels& k : kernels.filters) {
        if (k.filter.serves(orders.filter())) {
            return k;
        }
    }
    throw Error("the kernels of " + std::string(kernels.model) + " (up to " + name_of(kernels.orders) +
                ") do not serve " + name_of(orders) + "; declare a larger model or family");
}

} // namespace

Arima::Arima(const dsl::arima_orders& orders, dsl::trend_kind trend, const ArimaKernelTable& kernels)
    : orders_(orders), trend_(trend), kernels_(&choose_filter(orders, kernels)) {
    const int differences = orders.d + orders.seasonal_d;
    const bool constant = trend == dsl::trend_kind::c || trend == dsl::trend_kind::ct;
    if ((constant && differences > 0) || (trend == dsl::trend_kind::t && differences > 1)) {
        throw Error(name_of(orders) + " removes its trend by differencing; leave it out");
    }
    if (orders.d < 0 || orders.seasonal_d < 0) {
        throw Error(name_of(orders) + " has a negative order of differencing");
    }
}

std::vector<std::string> Arima::param_names(std::size_t exog_columns) const {
    return parameter_names(orders_, trend_, exog_columns);
}

ArimaResults Arima::fit(std::span<const double> y, const ArimaFitOptions& options) const {
    const ArimaData data = prepare(y, options.exog, orders_, trend_);
    if (data.constant) {
        throw Error("the series is constant once " + name_of(orders_) +
                    " differences it and takes its regressors out: there is nothing to estimate");
    }
    const bool css = options.method == ArimaMethod::css;
    if (css && data.missing > 0) {
        throw Error("conditional least squares needs a series without missing values; use ArimaMethod::mle");
    }
    const Fitter fitter(*kernels_, orders_, options);
    const ArimaData* only = &data;
    const SearchPlan plan = thorough_plan(orders_.filter());
    Estimate best = fitter.estimates(std::span(&only, 1), plan)[0];
    if (best.status == SearchStatus::converged) {
        polish(*kernels_, fitter.job_of(data, plan), best, css);
    }
    ArimaFit fit = fitter.finish(data, best);
    if (!fit.ok()) {
        throw Error(name_of(orders_) + ": " + fit.message);
    }
    return {*kernels_, orders_, trend_, y, options.exog, std::move(fit), options.method, options.cov_type};
}

std::vector<ArimaFit> Arima::fit_many(std::span<const std::vector<double>> series,
                                      const FitManyOptions& options) const {
    if (options.fit.exog.columns > 0) {
        throw Error("fit_many takes no regressors; fit each series by itself");
    }
    std::vector<ArimaFit> fits(series.size());
    const bool css = options.fit.method == ArimaMethod::css;
    // Small parts, so that threads end together; what a series gets does not depend on the part it is in.
    constexpr std::size_t part_size = 64;
    ThreadPool pool(options.threads);
    const std::size_t parts = (series.size() + part_size - 1) / part_size;
    pool.run(parts, [&](std::size_t part) {
        const std::size_t first = part * part_size;
        const std::size_t count = std::min(part_size, series.size() - first);
        std::vector<ArimaData> data(count);
        std::vector<const ArimaData*> usable;
        std::vector<std::size_t> places;
        for (std::size_t i = 0; i < count; ++i) {
            ArimaFit& fit = fits[first + i];
            try {
                data[i] = prepare(series[first + i], {}, orders_, trend_);
                if (css && data[i].missing > 0) {
                    throw Error("conditional least squares needs a series without missing values");
                }
            } catch (const Error& error) {
                fit.message = error.what();
                continue;
            }
            if (data[i].constant) {
                fit.status = FitStatus::constant;
                fit.message = "constant once differenced: there is nothing to estimate";
                fit.params.assign(param_names().size(), 0.0);
                fit.nobs = data[i].observations();
                continue;
            }
            usable.push_back(&data[i]);
            places.push_back(first + i);
        }
        if (usable.empty()) {
            return;
        }
        const Fitter fitter(*kernels_, orders_, options.fit);
        const std::vector<Estimate> estimates = fitter.estimates(usable, {});
        for (std::size_t i = 0; i < usable.size(); ++i) {
            fits[places[i]] = fitter.finish(*usable[i], estimates[i]);
        }
    });
    return fits;
}

ArimaResults Arima::smooth(std::span<const double> y, std::span<const double> params, const Regressors& exog,
                           double sigma2) const {
    const ArimaData data = prepare(y, exog, orders_, trend_);
    if (params.size() != param_names(exog.columns).size()) {
        throw Error("smooth: " + std::to_string(params.size()) + " parameters were given, but " +
                    name_of(orders_) + " has " + std::to_string(param_names(exog.columns).size()) +
                    " without sigma2");
    }
    const dsl::lag_filter filter = orders_.filter();
    const std::vector<double> coefficients = to_kernel_order(filter, params.subspan(data.regressors));
    const ParameterSpace space(kernels_->filter, filter);
    std::vector<double> point(space.size());
    require_stationary(space.to_point(coefficients, point), "the parameters");
    // At given coefficients of the regressors: what is left of the series, without regressors.
    ArimaData rest = data;
    for (std::size_t k = 0; k < data.regressors; ++k) {
        for (std::size_t t = 0; t < data.w.size(); ++t) {
            rest.w[t] -= params[k] * data.column_scales[k] / data.scale *
                         data.columns[(data.missing + k) * data.w.size() + t];
        }
    }
    rest.regressors = 0;
    rest.columns.resize(data.missing * data.w.size());
    rest.detrended = rest.w;
    const PointValue value = evaluate(*kernels_, filter, rest, std::span(&coefficients, 1))[0];
    ArimaFit fit;
    fit.status = FitStatus::converged;
    fit.params.assign(params.begin(), params.end());
    fit.nobs = data.observations();
    const bool is_given = sigma2 > 0 && std::isfinite(sigma2);
    fit.sigma = is_given ? std::sqrt(sigma2) : std::sqrt(value.variance) * data.scale;
    fit.sigma2 = is_given ? sigma2 : fit.sigma * fit.sigma;
    const auto n = static_cast<double>(fit.nobs);
    const double relative = fit.sigma / data.scale; // to the scaled series
    fit.llf = -0.5 * (n * std::log(2.0 * std::numbers::pi) + value.log_determinant +
                      n * value.variance / (relative * relative)) -
              n * std::log(fit.sigma);
    if (!std::isfinite(fit.llf)) {
        throw Error(name_of(orders_) + (fit.sigma > 0 ? ": the likelihood is not finite at these parameters"
                                                      : ": the parameters predict the series without error, "
                                                        "so its variance is zero; give sigma2"));
    }
    return {*kernels_, orders_, trend_, y, exog, std::move(fit), ArimaMethod::mle, CovarianceType::none};
}

double Arima::loglike(std::span<const double> y, std::span<const double> params,
                      const Regressors& exog) const {
    return smooth(y, params, exog).llf();
}

std::vector<double> Arima::simulate(std::span<const double> params, double sigma2, std::size_t nsimulations,
                                    std::uint64_t seed) const {
    const dsl::lag_filter filter = orders_.filter();
    const std::vector<double> coefficients = to_kernel_order(filter, params);
    const ParameterSpace space(kernels_->filter, filter);
    std::vector<double> point(space.size());
    if (params.size() != space.size()) {
        throw Error("simulate: " + std::to_string(params.size()) + " coefficients were given, but " +
                    name_of(orders_) + " has " + std::to_string(space.size()));
    }
    require_stationary(space.to_point(coefficients, point), "the parameters");
    const std::size_t run_in = 500 + 10 * static_cast<std::size_t>(filter.ar_degree() + filter.ma_degree());
    Random random(seed);
    std::vector<double> noise(run_in + nsimulations);
    for (double& e : noise) {
        e = std::sqrt(sigma2) * random.normal();
    }
    std::vector<double> y = synthesise(*kernels_, filter, coefficients, std::span(&noise, 1))[0];
    y.erase(y.begin(), y.begin() + static_cast<std::ptrdiff_t>(run_in));
    const std::vector<double> delta = difference_polynomial(orders_);
    for (std::size_t t = 0; t < y.size(); ++t) {
        for (std::size_t k = 1; k < delta.size() && k <= t; ++k) {
            y[t] -= delta[k] * y[t - k];
        }
    }
    return y;
}

std::vector<double> rolling_forecast(const Arima& model, std::span<const double> y, std::size_t first,
                                     bool refit, const ArimaFitOptions& options) {
    ArimaFitOptions each = options;
    each.cov_type = CovarianceType::none;
    std::vector<double> forecasts;
    std::vector<double> params;
    for (std::size_t n = first; n < y.size(); ++n) {
        const std::span<const double> sample = y.first(n);
        if (refit || params.empty()) {
            const ArimaResults fitted = model.fit(sample, each);
            params = fitted.params();
            params.pop_back();
            forecasts.push_back(fitted.forecast(1).predicted_mean[0]);
        } else {
            forecasts.push_back(model.smooth(sample, params).forecast(1).predicted_mean[0]);
        }
    }
    return forecasts;
}

} // namespace timeloom
