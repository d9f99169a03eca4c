#include "timeloom/runtime/arima/arima_results.hpp"

#include "timeloom/runtime/arima/arima.hpp"
#include "timeloom/runtime/arima/information.hpp"
#include "timeloom/runtime/arima/parameter_order.hpp"
#include "timeloom/runtime/arima/polynomial_roots.hpp"
#include "timeloom/runtime/arima/results_impl.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/series/distributions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace timeloom {

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

ArmaSeries ArimaResults::Impl::arma_series() const {
    const std::size_t n = data.w.size();
    ArmaSeries series{data.w, {}};
    const std::vector<double> regression = differenced_regression(exog, y.size());
    for (std::size_t t = 0; t < n; ++t) {
        series.w[t] = series.w[t] * data.scale - regression[t];
    }
    for (std::size_t k = 0; k < data.missing; ++k) {
        const auto begin = data.columns.begin() + static_cast<std::ptrdiff_t>(k * n);
        series.missing_columns.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(n));
    }
    return series;
}

std::vector<double> ArimaResults::Impl::differenced_regression(std::span<const double> all_exog,
                                                               std::size_t rows) const {
    const std::size_t kept = rows - data.leading;
    std::vector<std::vector<double>> columns;
    for (const std::vector<double>& column : trend_columns(trend, data.leading + 1, kept)) {
        columns.push_back(difference(column, orders));
    }
    const std::size_t n = kept - static_cast<std::size_t>(orders.lost());
    if (trend == dsl::trend_kind::differenced_mean) {
        columns.emplace_back(n, 1.0);
    }
    for (std::size_t k = 0; k < exog_columns; ++k) {
        std::vector<double> column(kept);
        for (std::size_t t = 0; t < kept; ++t) {
            column[t] = all_exog[(data.leading + t) * exog_columns + k];
        }
        columns.push_back(difference(column, orders));
    }
    std::vector<double> sum(n);
    for (std::size_t k = 0; k < columns.size(); ++k) {
        for (std::size_t t = 0; t < n; ++t) {
            sum[t] += params[k] * columns[k][t];
        }
    }
    return sum;
}

void ArimaResults::Impl::find_covariance() {
    if (cov_type == CovarianceType::none || fit.status == FitStatus::constant) {
        return;
    }
    const dsl::lag_filter filter = orders.filter();
    const std::vector<double> regression(params.begin(),
                                         params.begin() + static_cast<std::ptrdiff_t>(regressors()));
    const Information information =
        cov_type == CovarianceType::oim
            ? observed_information(*kernels, filter, data, coefficients, method == ArimaMethod::css)
            : outer_product_of_gradients(*kernels, filter, data, regression, coefficients, fit.sigma2);
    if (information.covariance.empty()) {
        return;
    }
    // From the kernels' order of coefficients to statsmodels'.
    const std::size_t size = information.size;
    std::vector<std::size_t> place(size);
    const std::vector<std::size_t> places = statsmodels_places(filter);
    for (std::size_t i = 0; i < size; ++i) {
        const bool coefficient = i >= regressors() && i + 1 < size;
        place[i] = coefficient ? regressors() + places[i - regressors()] : i;
    }
    covariance.resize(size * size);
    for (std::size_t i = 0; i < size; ++i) {
        for (std::size_t j = 0; j < size; ++j) {
            covariance[place[i] * size + place[j]] = information.covariance[i * size + j];
        }
    }
}

ArimaResults::ArimaResults(const LagFilterKernels& kernels, const dsl::arima_orders& orders,
                           dsl::trend_kind trend, std::span<const double> y, const Regressors& exog,
                           ArimaFit fit, ArimaMethod method, CovarianceType cov_type)
    : impl_(new Impl{&kernels,
                     orders,
                     trend,
                     {y.begin(), y.end()},
                     {exog.values.begin(), exog.values.end()},
                     exog.columns,
                     std::move(fit),
                     method,
                     cov_type,
                     prepare(y, exog, orders, trend),
                     {},
                     {},
                     {},
                     {},
                     {}}) {
    Impl& i = *impl_;
    i.params = i.fit.params;
    i.params.push_back(i.fit.sigma2);
    i.coefficients = to_kernel_order(orders.filter(), std::span(i.fit.params).subspan(i.regressors()));
    i.find_covariance();
    const Innovations found = innovations(kernels, orders.filter(), i.coefficients, i.arma_series(), 0);
    i.resid = found.errors;
    i.resid_variances = found.variances;
}

ArimaResults::~ArimaResults() = default;
ArimaResults::ArimaResults(const ArimaResults& other) : impl_(new Impl(*other.impl_)) {}
ArimaResults::ArimaResults(ArimaResults&&) noexcept = default;
ArimaResults& ArimaResults::operator=(ArimaResults other) noexcept {
    std::swap(impl_, other.impl_);
    return *this;
}

const dsl::arima_orders& ArimaResults::orders() const { return impl_->orders; }
FitStatus ArimaResults::status() const { return impl_->fit.status; }
const std::string& ArimaResults::message() const { return impl_->fit.message; }

std::vector<std::string> ArimaResults::param_names() const {
    std::vector<std::string> names = parameter_names(impl_->orders, impl_->trend, impl_->exog_columns);
    names.emplace_back("sigma2");
    return names;
}
const std::vector<double>& ArimaResults::params() const { return impl_->params; }
double ArimaResults::sigma2() const { return impl_->fit.sigma2; }
double ArimaResults::sigma() const { return impl_->sigma(); }
std::vector<double> ArimaResults::cov_params() const { return impl_->covariance; }

std::vector<double> ArimaResults::bse() const {
    const std::size_t size = impl_->params.size();
    std::vector<double> errors(size, nan);
    for (std::size_t i = 0; i < size && !impl_->covariance.empty(); ++i) {
        errors[i] = std::sqrt(impl_->covariance[i * size + i]);
    }
    return errors;
}
std::vector<double> ArimaResults::zvalues() const {
    std::vector<double> z = bse();
    for (std::size_t i = 0; i < z.size(); ++i) {
        z[i] = impl_->params[i] / z[i];
    }
    return z;
}
std::vector<double> ArimaResults::pvalues() const {
    std::vector<double> p = zvalues();
    for (double& value : p) {
        value = std::isnan(value) ? nan : 2 * normal_sf(std::abs(value));
    }
    return p;
}
std::vector<std::pair<double, double>> ArimaResults::conf_int(double alpha) const {
    const double z = normal_quantile(1 - alpha / 2);
    const std::vector<double> errors = bse();
    std::vector<std::pair<double, double>> intervals;
    for (std::size_t i = 0; i < errors.size(); ++i) {
        intervals.emplace_back(impl_->params[i] - z * errors[i], impl_->params[i] + z * errors[i]);
    }
    return intervals;
}

double ArimaResults::llf() const { return impl_->fit.llf; }
double ArimaResults::aic() const { return impl_->fit.aic(); }
double ArimaResults::aicc() const { return impl_->fit.aicc(); }
double ArimaResults::bic() const { return impl_->fit.bic(); }
double ArimaResults::hqic() const { return impl_->fit.hqic(); }
std::size_t ArimaResults::nobs() const { return impl_->data.w.size(); }
std::size_t ArimaResults::evaluations() const { return impl_->fit.evaluations; }

std::vector<LagRoot> ArimaResults::arroots() const {
    return roots_of(expanded_polynomial(impl_->orders.filter(), impl_->coefficients, false));
}
std::vector<LagRoot> ArimaResults::maroots() const {
    return roots_of(expanded_polynomial(impl_->orders.filter(), impl_->coefficients, true));
}

const std::vector<double>& ArimaResults::resid() const { return impl_->resid; }

std::vector<double> ArimaResults::standardized_resid() const {
    std::vector<double> standardized = impl_->resid;
    for (std::size_t t = 0; t < standardized.size(); ++t) {
        standardized[t] /= impl_->sigma() * std::sqrt(impl_->resid_variances[t]);
    }
    return standardized;
}

std::vector<double> ArimaResults::fittedvalues() const {
    const std::size_t first = impl_->y.size() - impl_->resid.size();
    std::vector<double> fitted(impl_->resid.size());
    for (std::size_t t = 0; t < fitted.size(); ++t) {
        fitted[t] = impl_->y[first + t] - impl_->resid[t];
    }
    return fitted;
}

ArimaForecast ArimaResults::predictions(double alpha) const {
    ArimaForecast result;
    result.predicted_mean = fittedvalues();
    const double z = normal_quantile(1 - alpha / 2);
    for (std::size_t t = 0; t < impl_->resid.size(); ++t) {
        const double error = impl_->sigma() * std::sqrt(impl_->resid_variances[t]);
        result.se_mean.push_back(error);
        result.lower.push_back(result.predicted_mean[t] - z * error);
        result.upper.push_back(result.predicted_mean[t] + z * error);
    }
    return result;
}

ArimaResults ArimaResults::append(std::span<const double> y, bool refit, const Regressors& exog) const {
    std::vector<double> all = impl_->y;
    all.insert(all.end(), y.begin(), y.end());
    std::vector<double> all_exog = impl_->exog;
    if (exog.columns != impl_->exog_columns) {
        throw Error("append: the model has " + std::to_string(impl_->exog_columns) + " regressors, but " +
                    std::to_string(exog.columns) + " came with the new observations");
    }
    all_exog.insert(all_exog.end(), exog.values.begin(), exog.values.end());
    const Regressors regressors{all_exog, impl_->exog_columns};
    const LagFilterKernels& k = *impl_->kernels;
    const ArimaKernelTable table{"results", impl_->orders, std::span(&k, 1)};
    const Arima model(impl_->orders, impl_->trend, table);
    std::vector<double> params = impl_->fit.params;
    if (refit) {
        return model.fit(all, {.method = impl_->method,
                               .cov_type = impl_->cov_type,
                               .exog = regressors,
                               .start_params = params});
    }
    return model.smooth(all, params, regressors, impl_->fit.sigma2);
}

} // namespace timeloom
