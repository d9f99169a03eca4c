#include "timeloom/runtime/arima/results_impl.hpp"

#include "timeloom/runtime/arima/data/arima_orders.hpp"
#include "timeloom/runtime/arima/estimation/estimation.hpp"
#include "timeloom/runtime/arima/estimation/information.hpp"
#include "timeloom/runtime/arima/estimation/long_series.hpp"
#include "timeloom/runtime/arima/parameters/parameter_checks.hpp"
#include "timeloom/runtime/arima/parameters/parameter_order.hpp"
#include "timeloom/runtime/base/free_memory.hpp"
#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <cmath>

namespace timeloom {

using namespace detail;

namespace {

template <class Enum>
bool is_one_of_first(Enum value, int count) {
    return static_cast<int>(value) >= 0 && static_cast<int>(value) < count;
}

/// Checks what was not estimated here, but read from a file or made by hand.
void require_fit(const ArimaResults::Impl& i) {
    const std::string name = "results of " + name_of(i.orders);
    require_valid_orders(i.orders);
    if (!i.kernels.filter.serves(i.orders.filter())) {
        throw Error("the kernels do not serve " + name_of(i.orders) + "; declare a larger model or family");
    }
    if (!is_one_of_first(i.trend, 5) || !is_one_of_first(i.method, 3) || !is_one_of_first(i.cov_type, 3) ||
        !is_one_of_first(i.fit.status, 3)) {
        throw Error(name + " have a trend, method, kind of standard errors or status that no fit has");
    }
    const std::size_t params = parameter_names(i.orders, i.trend, i.exog_columns).size();
    if (i.fit.params.size() != params) {
        throw Error(name + " have " + std::to_string(i.fit.params.size()) +
                    " parameters, but the model has " + std::to_string(params) + " without sigma2");
    }
    if (!std::ranges::all_of(i.fit.params, [](double x) { return std::isfinite(x); })) {
        throw Error(name + " have a parameter that is not finite");
    }
    const double square = i.sigma * i.sigma; // may leave the range of double
    const bool is_square =
        i.fit.sigma2 == square || std::abs(i.fit.sigma2 - square) <= 1e-12 * square + 1e-300;
    if (!(i.sigma >= 0 && std::isfinite(i.sigma)) || !is_square) {
        throw Error(name + " have a sigma2 of " + std::to_string(i.fit.sigma2) + " and a sigma of " +
                    std::to_string(i.sigma) + ", but a variance is its root's square and not negative");
    }
    if (!std::isfinite(i.fit.llf) && i.sigma > 0) {
        throw Error(name + " have an llf of " + std::to_string(i.fit.llf) +
                    ", which is infinite only where sigma2 is 0");
    }
}

double sigma_of(const ArimaFit& fit) { return fit.sigma > 0 ? fit.sigma : std::sqrt(fit.sigma2); }

std::vector<double> with_sigma2(std::vector<double> params, double sigma2) {
    params.push_back(sigma2);
    return params;
}

std::vector<std::size_t> gaps_of(std::span<const double> y) {
    std::vector<std::size_t> gaps;
    for (std::size_t t = 0; t < y.size(); ++t) {
        if (std::isnan(y[t])) {
            gaps.push_back(t);
        }
    }
    return gaps;
}

} // namespace

ArimaResults::Impl::Impl(const plan::LagFilterKernels& kernels_, const plan::ArimaOrders& orders_,
                         plan::Trend trend_, std::span<const double> y_, const Regressors& exog_,
                         ArimaFit fit_, ArimaMethod method_, CovarianceType cov_type_)
    : kernels(kernels_), orders(orders_), trend(trend_), exog(exog_.values.begin(), exog_.values.end()),
      exog_columns(exog_.columns), fit(std::move(fit_)), method(method_), cov_type(cov_type_),
      sigma(sigma_of(fit)), params(with_sigma2(fit.params, fit.sigma2)) {
    require_fit(*this);
    data = prepare(y_, regressors_of_sample(), orders, trend);
    if (fit.status != FitStatus::constant) {
        require_long_enough(data, orders);
    }
    coefficients = to_kernel_order(orders.filter(), std::span(fit.params).subspan(regressors()));
    require_admissible(orders.filter(), coefficients, "the parameters");
    find_covariance();
    data.detrended = std::vector<double>(); // the likelihood is not asked again; a long series takes room
    if (is_long(data)) {
        give_back_free_memory();
    }
    y.assign(y_.begin(), y_.end());
    LevelPass::Steps steps;
    state = pass().run(steps, false);
    one_step_->steps = std::move(steps);
    smooth();
}

const LevelPass::Steps& ArimaResults::Impl::one_step() const {
    std::call_once(one_step_->found, [this] {
        if (one_step_->steps.errors.empty()) {
            pass().run(one_step_->steps, true);
        }
    });
    return one_step_->steps;
}

LevelSeries ArimaResults::Impl::level_series() const {
    LevelSeries series;
    series.missing = gaps_of(observations());
    series.levels.assign(observations().begin(), observations().end());
    for (std::size_t k = 0; k < series.missing.size(); ++k) {
        series.levels[series.missing[k]] = data.fills[k];
    }
    const LevelRegression level = regression();
    for (std::size_t t = 0; t < series.levels.size(); ++t) {
        series.levels[t] -= level.at(data.leading + t + 1, exog_row(exog, data.leading + t));
    }
    series.w = data.less_regression(std::span(params).first(regressors()));
    series.mean = level.differenced_mean();
    return series;
}

LevelPass ArimaResults::Impl::pass() const { return {kernels, orders, coefficients, data, level_series()}; }

/// Leading missing values stay as they are.
void ArimaResults::Impl::smooth() {
    if (data.fills.empty()) {
        return;
    }
    smoothed = y;
    std::vector<double> moves(data.fills.size());
    const std::vector<double> estimates =
        missing_values(kernels, orders.filter(), coefficients, data, std::span(params).first(regressors()));
    for (std::size_t k = 0; k < estimates.size(); ++k) {
        moves[data.estimated[k]] = estimates[k];
    }
    const std::vector<std::size_t> gaps = gaps_of(observations());
    for (std::size_t k = 0; k < gaps.size(); ++k) {
        const bool is_known = std::ranges::all_of(
            data.unseen, [k](const std::vector<double>& unseen) { return std::abs(unseen[k]) < 1e-6; });
        smoothed[data.leading + gaps[k]] = is_known ? data.fills[k] + moves[k] : std::nan("");
    }
}

void ArimaResults::Impl::find_covariance() {
    if (cov_type == CovarianceType::none || fit.status == FitStatus::constant) {
        return;
    }
    const plan::LagFilter filter = orders.filter();
    const std::vector<double> regression(params.begin(),
                                         params.begin() + static_cast<std::ptrdiff_t>(regressors()));
    const Information information =
        cov_type == CovarianceType::oim
            ? observed_information(kernels, filter, data, coefficients, method == ArimaMethod::css)
            : outer_product_of_gradients(kernels, orders, data, regression, coefficients, sigma);
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

} // namespace timeloom
