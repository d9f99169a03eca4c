// Draws from ARIMA models.
#include "timeloom/runtime/arima/arima.hpp"

#include "timeloom/runtime/arima/data/arima_orders.hpp"
#include "timeloom/runtime/arima/data/trend_columns.hpp"
#include "timeloom/runtime/arima/forecast_steps.hpp"
#include "timeloom/runtime/arima/parameters/parameter_checks.hpp"
#include "timeloom/runtime/arima/parameters/parameter_order.hpp"
#include "timeloom/runtime/arima/polynomials/partial_autocorrelations.hpp"
#include "timeloom/runtime/arima/results_impl.hpp"
#include "timeloom/runtime/base/as_error.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/linear_algebra/levinson.hpp"
#include "timeloom/runtime/simd/random.hpp"

#include <algorithm>
#include <cmath>

namespace timeloom {

using namespace detail;

namespace {

void require_steps(std::size_t steps, const Regressors& exog, std::size_t columns) {
    if (steps > most_steps) {
        throw Error("simulate: " + std::to_string(steps) + " values were asked for, but at most " +
                    std::to_string(most_steps) + " are simulated");
    }
    if (exog.columns != columns || exog.values.size() != steps * columns) {
        throw Error("simulate: " + std::to_string(steps) + " values of a model with " +
                    std::to_string(columns) + " regressors need " + std::to_string(steps * columns) +
                    " values of them, but " + std::to_string(exog.values.size()) + " were given");
    }
    if (!std::ranges::all_of(exog.values, [](double x) { return std::isfinite(x); })) {
        throw Error("simulate: a regressor is not finite");
    }
}

void require_params(const Arima& model, std::span<const double> params, const Regressors& exog) {
    const std::size_t expected = model.param_names(exog.columns).size();
    if (params.size() != expected) {
        throw Error("simulate: " + std::to_string(params.size()) + " parameters were given, but " +
                    name_of(model.orders()) + " has " + std::to_string(expected) + " without sigma2");
    }
}

/// Exactly stationary from the first value on: x_t given x_0, …, x_{t-1} has the best linear predictor of
/// order t, by Levinson and Durbin's recursion, until it is that of the process.
std::vector<double> stationary_ar(const std::vector<double>& polynomial, double sigma, std::size_t size,
                                  Random& random) {
    const std::size_t p = polynomial.size() - 1;
    std::vector<double> phi(p), kappa(p), predictor;
    for (std::size_t i = 0; i < p; ++i) {
        phi[i] = -polynomial[i + 1];
    }
    partial_autocorrelations(phi, kappa);
    double variance = 1;
    for (const double k : kappa) {
        variance /= 1 - k * k;
    }
    std::vector<double> x;
    for (std::size_t t = 0; t < size; ++t) {
        double mean = 0;
        for (std::size_t i = 0; i < predictor.size(); ++i) {
            mean += predictor[i] * x[t - 1 - i];
        }
        x.push_back(mean + sigma * std::sqrt(variance) * random.normal());
        if (t < p) {
            variance *= 1 - kappa[t] * kappa[t];
            detail::extend_order(predictor, kappa[t]);
            if (t + 1 == p) {
                predictor = phi;
            }
        }
    }
    return x;
}

/// θΘ over an autoregressive process.
std::vector<double> stationary_arma(const plan::ArimaOrders& orders, const std::vector<double>& coefficients,
                                    double sigma, std::size_t size, Random& random) {
    const std::vector<double> ma = expanded_polynomial(orders.filter(), coefficients, true);
    const std::size_t q = ma.size() - 1;
    const std::vector<double> x =
        stationary_ar(expanded_polynomial(orders.filter(), coefficients, false), sigma, q + size, random);
    std::vector<double> w(size);
    for (std::size_t t = 0; t < size; ++t) {
        for (std::size_t k = 0; k <= q; ++k) {
            w[t] += ma[k] * x[q + t - k];
        }
    }
    return w;
}

} // namespace

std::vector<double> Arima::simulate(std::span<const double> params, double sigma2, std::size_t nsimulations,
                                    std::uint64_t seed, const Regressors& exog) const try {
    require_params(*this, params, exog);
    if (!(sigma2 >= 0 && std::isfinite(sigma2))) {
        throw Error("simulate: sigma2 is " + std::to_string(sigma2) +
                    ", but a variance is finite and not negative");
    }
    return draw(params, std::sqrt(sigma2), nsimulations, seed, exog);
} catch (...) {
    detail::rethrow_as_error("simulate");
}

std::vector<double> Arima::draw(std::span<const double> params, double sigma, std::size_t nsimulations,
                                std::uint64_t seed, const Regressors& exog) const {
    require_steps(nsimulations, exog, exog.columns);
    const std::size_t regressors = regressor_names(trend_, exog.columns).size();
    const std::vector<double> coefficients = to_kernel_order(orders_.filter(), params.subspan(regressors));
    require_admissible(orders_.filter(), coefficients, "simulate: the parameters");
    const LevelRegression regression(trend_, params.first(regressors));
    Random random(seed);
    std::vector<double> y = stationary_arma(orders_, coefficients, sigma, nsimulations, random);
    const std::vector<double> delta = difference_polynomial(orders_);
    for (std::size_t t = 0; t < y.size(); ++t) {
        y[t] += regression.differenced_mean();
        for (std::size_t k = 1; k < delta.size() && k <= t; ++k) {
            y[t] -= delta[k] * y[t - k];
        }
    }
    for (std::size_t t = 0; t < y.size(); ++t) {
        y[t] += regression.at(t + 1, exog.values.subspan(t * exog.columns, exog.columns));
    }
    return y;
}

std::vector<double> ArimaResults::simulate(std::size_t nsimulations, const SimulateOptions& options) const
    try {
    const Impl& i = impl();
    require_steps(nsimulations, options.exog, i.exog_columns);
    if (options.anchor == SimulationAnchor::start) {
        const plan::ArimaFilters table{"results", i.orders, std::span(&i.kernels, 1)};
        return Arima(i.orders, i.trend, table)
            .draw(i.fit.params, i.sigma, nsimulations, options.seed, options.exog);
    }
    Random random(options.seed);
    const auto draw = [&] { return i.sigma * random.normal(); };
    ArimaState state = *i.state;
    state.realise(draw);
    const LevelRegression regression = i.regression();
    std::vector<double> y;
    for (std::size_t h = 0; h < nsimulations; ++h) {
        const double level = regression.at(i.y.size() + 1 + h, i.exog_row(options.exog.values, h));
        y.push_back(state.advance(draw()) + level);
    }
    return y;
} catch (...) {
    detail::rethrow_as_error("simulate");
}

} // namespace timeloom
