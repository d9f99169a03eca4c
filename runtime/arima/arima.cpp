#include "timeloom/runtime/arima/arima.hpp"

#include "timeloom/runtime/arima/data/arima_orders.hpp"
#include "timeloom/runtime/arima/data/regressors_of_many.hpp"
#include "timeloom/runtime/arima/estimation/conditional_sum.hpp"
#include "timeloom/runtime/arima/estimation/estimation.hpp"
#include "timeloom/runtime/arima/estimation/information.hpp"
#include "timeloom/runtime/arima/parameters/parameter_checks.hpp"
#include "timeloom/runtime/arima/parameters/parameter_order.hpp"
#include "timeloom/runtime/base/as_error.hpp"
#include "timeloom/runtime/base/thread_pool.hpp"
#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace timeloom {

using namespace detail;

namespace {

/// -f - n/2 (1 + log 2π), for the series in its own scale.
double log_likelihood(const ArimaData& data, double objective, std::size_t observations) {
    const auto n = static_cast<double>(observations);
    return -objective - 0.5 * n * (1.0 + std::log(2.0 * std::numbers::pi)) - n * std::log(data.scale);
}

std::size_t counted(const ArimaData& data, const plan::LagFilter& orders, bool conditional) {
    return conditional ? ConditionalSum(orders, data).observations() : data.observations();
}

class Fitter {
  public:
    Fitter(const plan::LagFilterKernels& kernels, const plan::ArimaOrders& orders,
           const ArimaFitOptions& options)
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
                if (results[i].status != SearchStatus::not_finite) {
                    jobs[i].plan.near = {{results[i].point}};
                }
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
            plan.start = start_point(data.regressors);
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
        fit.status = estimate.is_maximum() ? FitStatus::converged : FitStatus::iteration_limit;
        if (fit.status == FitStatus::iteration_limit) {
            fit.message =
                estimate.is_without_error()
                    ? "the model predicts the series without error, so that its likelihood has no maximum"
                : estimate.status == SearchStatus::iteration_limit
                    ? "stopped after " + std::to_string(options_.maxiter) +
                          " evaluations without reaching the maximum; allow more (maxiter)"
                    : "no step led further up before the maximum was reached; the likelihood may be flat";
        }
        fit.sigma = std::sqrt(estimate.variance) * data.scale;
        fit.sigma2 = estimate.variance * data.scale * data.scale;
        fit.llf = log_likelihood(data, estimate.objective, fit.nobs);
        fit.params = data.regression(estimate.column_coefficients);
        const std::vector<double> arma = to_statsmodels_order(filter_, estimate.coefficients);
        fit.params.insert(fit.params.end(), arma.begin(), arma.end());
        return fit;
    }

  private:
    std::vector<double> start_point(std::size_t regressors) const {
        const std::size_t expected = regressors + static_cast<std::size_t>(filter_.parameters());
        if (options_.start_params.size() != expected) {
            throw Error("start_params has " + std::to_string(options_.start_params.size()) +
                        " values, but the model " + std::to_string(expected) + " parameters without sigma2");
        }
        return start_of_search(filter_,
                               to_kernel_order(filter_, std::span(options_.start_params).subspan(regressors)),
                               "start_params");
    }

    const plan::LagFilterKernels& kernels_;
    plan::LagFilter filter_;
    const ArimaFitOptions& options_;
};

void require_method(const ArimaData& data, const plan::ArimaOrders& orders, const ArimaFitOptions& options) {
    if (options.method == ArimaMethod::css && !data.complete.empty() && !data.constant) {
        require_residuals(orders, data);
    }
    if (options.maxiter == 0) {
        throw Error("maxiter is 0, but a search evaluates the likelihood at least once");
    }
}

/// The regressors' coefficients fit without error.
ArimaFit constant_fit(const ArimaData& data, const plan::LagFilter& filter) {
    ArimaFit fit;
    fit.status = FitStatus::constant;
    fit.message = "constant once differenced: there is nothing to estimate";
    fit.params = data.regression(std::vector<double>(data.regressors));
    fit.params.resize(data.regressors + static_cast<std::size_t>(filter.parameters()));
    fit.nobs = data.observations();
    return fit;
}

const plan::LagFilterKernels& choose_filter(const plan::ArimaOrders& orders, const plan::ArimaFilters& plan) {
    for (const plan::LagFilterKernels& k : plan.filters) {
        if (k.filter.serves(orders.filter())) {
            return k;
        }
    }
    throw Error("the kernels of " + std::string(plan.name) + " (up to " + name_of(plan.orders) +
                ") do not serve " + name_of(orders) + "; declare a larger model or family");
}

} // namespace

Arima::Arima(const plan::Arima& plan, const SeasonOptions& season)
    : Arima(with_period(plan.orders, season), plan.trend, plan) {}

Arima::Arima(const plan::ArimaOrders& orders, plan::Trend trend, const plan::ArimaFilters& plan)
    : orders_(orders), trend_(trend) {
    require_valid_orders(orders);
    kernels_ = choose_filter(orders, plan).at_period(orders.seasonal_period);
    const int differences = orders.differences();
    const bool constant = trend == plan::Trend::c || trend == plan::Trend::ct;
    if ((constant && differences > 0) || (trend == plan::Trend::t && differences > 1)) {
        throw Error(name_of(orders) + " removes its trend by differencing; leave it out");
    }
    if (trend > plan::Trend::differenced_mean) {
        throw Error(name_of(orders) + " was given a trend that is none of n, c, t, ct and differenced_mean");
    }
}

std::vector<std::string> Arima::param_names(std::size_t exog_columns) const try {
    return parameter_names(orders_, trend_, exog_columns);
} catch (...) {
    detail::rethrow_as_error("param_names");
}

ArimaResults Arima::fit(std::span<const double> y, const ArimaFitOptions& options) const try {
    return {kernels_,       orders_,         trend_, y, options.exog, estimated(y, options),
            options.method, options.cov_type};
} catch (...) {
    detail::rethrow_as_error("fit");
}

ArimaFit Arima::estimated(std::span<const double> y, const ArimaFitOptions& options) const {
    const ArimaData data = prepare(y, options.exog, orders_, trend_);
    require_method(data, orders_, options);
    if (data.constant) {
        return constant_fit(data, orders_.filter());
    }
    const bool css = options.method == ArimaMethod::css;
    const Fitter fitter(kernels_, orders_, options);
    const ArimaData* only = &data;
    const SearchPlan plan = thorough_plan(orders_.filter());
    Estimate best = fitter.estimates(std::span(&only, 1), plan)[0];
    if (best.status == SearchStatus::converged) {
        polish(kernels_, fitter.job_of(data, plan), best, css);
    }
    ArimaFit fit = fitter.finish(data, best);
    if (!fit.ok()) {
        throw Error(name_of(orders_) + ": " + fit.message);
    }
    return fit;
}

std::vector<ArimaFit> Arima::fit_many(std::span<const std::vector<double>> series,
                                      const FitManyOptions& options) const try {
    const RegressorsOfMany exog("fit_many", options.fit.exog, options.exog, series.size());
    std::vector<ArimaFit> fits(series.size());
    const Fitter fitter(kernels_, orders_, options.fit);
    const SearchPlan plan = options.fit.starts == 0 ? brisk_plan(orders_.filter()) : SearchPlan{};
    // Small parts, so that threads end together; what a series gets does not depend on the part it is in.
    constexpr std::size_t part_size = 64;
    const std::size_t parts = (series.size() + part_size - 1) / part_size;
    ThreadPool pool(std::min(options.threads, std::max<std::size_t>(1, parts)));
    pool.run(parts, [&](std::size_t part) {
        const std::size_t first = part * part_size;
        const std::size_t count = std::min(part_size, series.size() - first);
        std::vector<ArimaData> data(count);
        std::vector<const ArimaData*> usable;
        std::vector<std::size_t> places;
        for (std::size_t i = 0; i < count; ++i) {
            ArimaFit& fit = fits[first + i];
            try {
                data[i] = prepare(series[first + i], exog[first + i], orders_, trend_);
                require_method(data[i], orders_, options.fit);
            } catch (const OutOfMemory&) {
                throw;
            } catch (const Error& error) {
                fit.message = error.what();
                continue;
            }
            if (data[i].constant) {
                fit = constant_fit(data[i], orders_.filter());
                continue;
            }
            usable.push_back(&data[i]);
            places.push_back(first + i);
        }
        const std::vector<Estimate> estimates = fitter.estimates(usable, plan);
        for (std::size_t i = 0; i < usable.size(); ++i) {
            fits[places[i]] = fitter.finish(*usable[i], estimates[i]);
        }
    });
    return fits;
} catch (...) {
    detail::rethrow_as_error("fit_many");
}

ArimaResults Arima::smooth(std::span<const double> y, std::span<const double> params, const Regressors& exog,
                           double sigma2) const try {
    if (!(sigma2 >= 0 && std::isfinite(sigma2))) {
        throw Error("smooth: sigma2 is " + std::to_string(sigma2) +
                    ", but must be positive, or 0 to be estimated");
    }
    return smooth_at(y, params, exog, {sigma2, std::sqrt(sigma2)});
} catch (...) {
    detail::rethrow_as_error("smooth");
}

ArimaResults Arima::smooth_at(std::span<const double> y, std::span<const double> params,
                              const Regressors& exog, const InnovationVariance& given) const {
    const ArimaData data = prepare(y, exog, orders_, trend_);
    require_long_enough(data, orders_);
    const std::size_t expected = param_names(exog.columns).size();
    if (params.size() != expected) {
        throw Error("smooth: " + std::to_string(params.size()) + " parameters were given, but " +
                    name_of(orders_) + " has " + std::to_string(expected) + " without sigma2");
    }
    const plan::LagFilter filter = orders_.filter();
    const std::vector<double> coefficients = to_kernel_order(filter, params.subspan(data.regressors));
    require_admissible(filter, coefficients, "the parameters");
    const ArimaData rest = without_regression(data, params.first(data.regressors));
    const PointValue value = evaluate(kernels_, filter, rest, std::span(&coefficients, 1))[0];
    ArimaFit fit;
    fit.status = FitStatus::converged;
    fit.params.assign(params.begin(), params.end());
    fit.nobs = data.observations();
    fit.sigma = given.sigma > 0 ? given.sigma : std::sqrt(value.variance) * data.scale;
    fit.sigma2 = given.sigma > 0 ? given.sigma2 : fit.sigma * fit.sigma;
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
    return {kernels_, orders_, trend_, y, exog, std::move(fit), ArimaMethod::mle, CovarianceType::none};
}

double Arima::loglike(std::span<const double> y, std::span<const double> params, const Regressors& exog) const
    try {
    return smooth(y, params, exog).llf();
} catch (...) {
    detail::rethrow_as_error("loglike");
}

} // namespace timeloom
