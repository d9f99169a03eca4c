#include "timeloom/runtime/arima/arima_results.hpp"

#include "timeloom/runtime/arima/arima.hpp"
#include "timeloom/runtime/arima/forecast_steps.hpp"
#include "timeloom/runtime/arima/parameters/parameter_order.hpp"
#include "timeloom/runtime/arima/polynomials/polynomial_roots.hpp"
#include "timeloom/runtime/arima/results_impl.hpp"
#include "timeloom/runtime/base/as_error.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/series/distributions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace timeloom {

using namespace detail;

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

std::vector<LagRoot> roots_of(const std::vector<double>& polynomial) {
    std::vector<LagRoot> roots;
    for (const std::complex<double>& z : polynomial_roots(polynomial)) {
        roots.push_back({z, std::abs(z), std::arg(z) / (2 * std::numbers::pi)});
    }
    return roots;
}

} // namespace

const char* to_string(FitStatus status) {
    switch (status) {
    case FitStatus::converged:
        return "converged";
    case FitStatus::iteration_limit:
        return "not converged";
    case FitStatus::constant:
        return "constant";
    default:
        return "failed";
    }
}

double ArimaFit::aic() const { return -2 * llf + 2 * static_cast<double>(parameters()); }
double ArimaFit::aicc() const {
    const auto k = static_cast<double>(parameters());
    const auto n = static_cast<double>(nobs);
    return n > k + 1 ? aic() + 2 * k * (k + 1) / (n - k - 1) : HUGE_VAL;
}
double ArimaFit::bic() const {
    return -2 * llf + static_cast<double>(parameters()) * std::log(static_cast<double>(nobs));
}
double ArimaFit::hqic() const {
    return -2 * llf + 2 * static_cast<double>(parameters()) * std::log(std::log(static_cast<double>(nobs)));
}

ArimaResults::ArimaResults(const plan::LagFilterKernels& kernels, const plan::ArimaOrders& orders,
                           plan::Trend trend, std::span<const double> y, const Regressors& exog, ArimaFit fit,
                           ArimaMethod method, CovarianceType cov_type)
    : impl_(new Impl(kernels, orders, trend, y, exog, std::move(fit), method, cov_type)) {}

const ArimaResults::Impl& ArimaResults::impl() const {
    if (!impl_) {
        throw Error("these ArimaResults were moved from and are empty; use the object that they moved to");
    }
    return *impl_;
}

ArimaResults::~ArimaResults() = default;
ArimaResults::ArimaResults(const ArimaResults& other) : impl_(new Impl(other.impl())) {}
ArimaResults::ArimaResults(ArimaResults&&) noexcept = default;
ArimaResults& ArimaResults::operator=(ArimaResults other) noexcept {
    std::swap(impl_, other.impl_);
    return *this;
}

const plan::ArimaOrders& ArimaResults::orders() const { return impl().orders; }
FitStatus ArimaResults::status() const { return impl().fit.status; }
const std::string& ArimaResults::message() const { return impl().fit.message; }

std::vector<std::string> ArimaResults::param_names() const try {
    std::vector<std::string> names = parameter_names(impl().orders, impl().trend, impl().exog_columns);
    names.emplace_back("sigma2");
    return names;
} catch (...) {
    detail::rethrow_as_error("param_names");
}
const std::vector<double>& ArimaResults::params() const { return impl().params; }
double ArimaResults::sigma2() const { return impl().fit.sigma2; }
double ArimaResults::sigma() const { return impl().sigma; }
std::vector<double> ArimaResults::cov_params() const { return impl().covariance; }

std::vector<double> ArimaResults::bse() const try {
    const std::size_t size = impl().params.size();
    std::vector<double> errors(size, nan);
    for (std::size_t i = 0; i < size && !impl().covariance.empty(); ++i) {
        errors[i] = std::sqrt(impl().covariance[i * size + i]);
    }
    return errors;
} catch (...) {
    detail::rethrow_as_error("bse");
}
std::vector<double> ArimaResults::zvalues() const try {
    std::vector<double> z = bse();
    for (std::size_t i = 0; i < z.size(); ++i) {
        z[i] = impl().params[i] / z[i];
    }
    return z;
} catch (...) {
    detail::rethrow_as_error("zvalues");
}
std::vector<double> ArimaResults::pvalues() const try {
    std::vector<double> p = zvalues();
    for (double& value : p) {
        value = std::isnan(value) ? nan : 2 * normal_sf(std::abs(value));
    }
    return p;
} catch (...) {
    detail::rethrow_as_error("pvalues");
}
std::vector<std::pair<double, double>> ArimaResults::conf_int(double alpha) const try {
    const double z = interval_quantile("conf_int", alpha);
    const std::vector<double> errors = bse();
    std::vector<std::pair<double, double>> intervals;
    for (std::size_t i = 0; i < errors.size(); ++i) {
        intervals.emplace_back(impl().params[i] - z * errors[i], impl().params[i] + z * errors[i]);
    }
    return intervals;
} catch (...) {
    detail::rethrow_as_error("conf_int");
}

double ArimaResults::llf() const { return impl().fit.llf; }
double ArimaResults::aic() const { return impl().fit.aic(); }
double ArimaResults::aicc() const { return impl().fit.aicc(); }
double ArimaResults::bic() const { return impl().fit.bic(); }
double ArimaResults::hqic() const { return impl().fit.hqic(); }
std::size_t ArimaResults::nobs() const { return impl().data.w.size(); }
std::size_t ArimaResults::evaluations() const { return impl().fit.evaluations; }

std::vector<LagRoot> ArimaResults::arroots() const try {
    return roots_of(expanded_polynomial(impl().orders.filter(), impl().coefficients, false));
} catch (...) {
    detail::rethrow_as_error("arroots");
}
std::vector<LagRoot> ArimaResults::maroots() const try {
    return roots_of(expanded_polynomial(impl().orders.filter(), impl().coefficients, true));
} catch (...) {
    detail::rethrow_as_error("maroots");
}

const std::vector<double>& ArimaResults::resid() const { return impl().resid(); }

std::vector<double> ArimaResults::standardized_resid() const try {
    std::vector<double> standardized = impl().resid();
    for (std::size_t t = 0; t < standardized.size(); ++t) {
        standardized[t] /= impl().sigma * std::sqrt(impl().resid_variances()[t]);
    }
    return standardized;
} catch (...) {
    detail::rethrow_as_error("standardized_resid");
}

ArimaResults ArimaResults::append(std::span<const double> y, bool refit, const Regressors& exog) const try {
    std::vector<double> all = impl().y;
    all.insert(all.end(), y.begin(), y.end());
    std::vector<double> all_exog = impl().exog;
    if (exog.columns != impl().exog_columns) {
        throw Error("append: the model has " + std::to_string(impl().exog_columns) + " regressors, but " +
                    std::to_string(exog.columns) + " came with the new observations");
    }
    all_exog.insert(all_exog.end(), exog.values.begin(), exog.values.end());
    const Regressors regressors{all_exog, impl().exog_columns};
    const plan::ArimaFilters table{"results", impl().orders, std::span(&impl().kernels, 1)};
    const Arima model(impl().orders, impl().trend, table);
    const std::vector<double>& params = impl().fit.params;
    const bool constant = status() == FitStatus::constant;
    if (refit) {
        return model.fit(all, {.method = impl().method,
                               .cov_type = impl().cov_type,
                               .exog = regressors,
                               .start_params = constant ? std::vector<double>{} : params});
    }
    if (constant) {
        throw Error("append: the series was constant once differenced, so that its innovations have variance "
                    "0; pass refit = true");
    }
    return model.smooth_at(all, params, regressors, {sigma2(), sigma()});
} catch (...) {
    detail::rethrow_as_error("append");
}

} // namespace timeloom
