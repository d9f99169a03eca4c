#include "timeloom/runtime/arima/arima_data.hpp"
#include "timeloom/runtime/arima/results_impl.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/series/distributions.hpp"

#include <cmath>
#include <limits>

namespace timeloom {

namespace {

/// Undoes differencing: the last values of a level and the differenced values that follow give the level's
/// next ones.
std::vector<double> integrate(std::span<const double> level, std::span<const double> differenced,
                              const std::vector<double>& delta) {
    std::vector<double> all(level.begin(), level.end());
    for (const double w : differenced) {
        double next = w;
        for (std::size_t k = 1; k < delta.size() && k <= all.size(); ++k) {
            next -= delta[k] * all[all.size() - k];
        }
        all.push_back(next);
    }
    return {all.begin() + static_cast<std::ptrdiff_t>(level.size()), all.end()};
}

/// Observations without the leading missing ones; the other missing ones as `effects` says.
std::vector<double> with_missing(std::span<const double> y, std::span<const double> effects, bool observed) {
    std::vector<double> level;
    std::size_t missing = 0;
    for (const double value : y) {
        level.push_back(std::isnan(value) ? effects[missing++] : observed ? value : 0.0);
    }
    return level;
}

/// Values of the missing observations that have columns among those of all of them.
std::vector<double> in_all_gaps(const ArimaData& data, const std::vector<double>& estimated) {
    std::vector<double> all(data.fills.size());
    for (std::size_t k = 0; k < data.missing; ++k) {
        all[data.estimated[k]] = estimated[k];
    }
    return all;
}

} // namespace

ArimaForecast ArimaResults::forecast(std::size_t steps, const ForecastOptions& options) const {
    const Impl& i = *impl_;
    if (options.exog.columns != i.exog_columns ||
        options.exog.values.size() != steps * options.exog.columns) {
        throw Error("forecast: the model has " + std::to_string(i.exog_columns) + " regressors, so " +
                    std::to_string(steps) + " steps need " + std::to_string(steps * i.exog_columns) +
                    " values of them, but " + std::to_string(options.exog.values.size()) + " were given");
    }
    for (const double x : options.exog.values) {
        if (!std::isfinite(x)) {
            throw Error("forecast: a regressor of the steps to forecast is not finite");
        }
    }
    if (!(options.alpha > 0 && options.alpha < 1)) {
        throw Error("forecast: alpha is " + std::to_string(options.alpha) + ", but must lie between 0 and 1");
    }
    if (steps == 0) {
        return {};
    }
    const std::vector<double> delta = difference_polynomial(i.orders);
    const Innovations found =
        innovations(*i.kernels, i.orders.filter(), i.coefficients, i.arma_series(), steps);
    const std::span<const double> y = std::span(i.y).subspan(i.data.leading);

    // What is forecast of w, with its regressors, integrated from the observations and the missing ones'
    // estimates.
    std::vector<double> all_exog = i.exog;
    all_exog.insert(all_exog.end(), options.exog.values.begin(), options.exog.values.end());
    const std::vector<double> regression = i.differenced_regression(all_exog, i.y.size() + steps);
    std::vector<double> w = found.forecast;
    for (std::size_t h = 0; h < steps; ++h) {
        w[h] += regression[i.data.w.size() + h];
    }
    std::vector<double> estimates = i.data.fills;
    for (std::size_t u = 0; u < found.unknowns.size(); ++u) {
        for (std::size_t k = 0; k < i.data.missing; ++k) {
            estimates[i.data.estimated[k]] += found.unknowns[u] * found.unknown_missing[u][k];
        }
    }
    ArimaForecast result;
    result.predicted_mean = integrate(with_missing(y, estimates, true), w, delta);

    // Var = σ² (Σ ψ² of the innovations to come + effect' Cov(z) effect).
    const std::vector<double> psi = integrate({}, found.psi, delta);
    std::vector<std::vector<double>> effects;
    for (std::size_t u = 0; u < found.unknowns.size(); ++u) {
        const std::vector<double> levels = in_all_gaps(i.data, found.unknown_missing[u]);
        effects.push_back(integrate(with_missing(y, levels, false), found.unknown_forecast[u], delta));
    }
    std::vector<bool> is_known(steps, true);
    for (const std::vector<double>& unseen : i.data.unseen) {
        const std::vector<double> effect =
            integrate(with_missing(y, unseen, false), std::vector<double>(steps), delta);
        for (std::size_t h = 0; h < steps; ++h) {
            is_known[h] = is_known[h] && std::abs(effect[h]) < 1e-6;
        }
    }
    const double z = normal_quantile(1 - options.alpha / 2);
    double to_come = 0;
    for (std::size_t h = 0; h < steps; ++h) {
        to_come += psi[h] * psi[h];
        double unknown = 0;
        for (std::size_t u = 0; u < effects.size(); ++u) {
            for (std::size_t v = 0; v < effects.size(); ++v) {
                unknown += effects[u][h] * effects[v][h] * found.unknown_covariance[u * effects.size() + v];
            }
        }
        const double error = is_known[h] ? i.sigma() * std::sqrt(to_come + std::max(0.0, unknown)) : HUGE_VAL;
        if (!is_known[h]) { // of a season that was never observed
            result.predicted_mean[h] = std::numeric_limits<double>::quiet_NaN();
        }
        result.se_mean.push_back(error);
        result.lower.push_back(result.predicted_mean[h] - z * error);
        result.upper.push_back(result.predicted_mean[h] + z * error);
    }
    return result;
}

std::vector<double> ArimaResults::smoothed_series() const {
    const Impl& i = *impl_;
    const Innovations found = innovations(*i.kernels, i.orders.filter(), i.coefficients, i.arma_series(), 0);
    std::vector<double> estimates = i.data.fills;
    for (std::size_t u = 0; u < found.unknowns.size(); ++u) {
        for (std::size_t k = 0; k < i.data.missing; ++k) {
            estimates[i.data.estimated[k]] += found.unknowns[u] * found.unknown_missing[u][k];
        }
    }
    for (const std::vector<double>& unseen : i.data.unseen) {
        for (std::size_t k = 0; k < estimates.size(); ++k) {
            estimates[k] = std::abs(unseen[k]) < 1e-6 ? estimates[k] : std::nan("");
        }
    }
    std::vector<double> series(i.y.begin(), i.y.begin() + static_cast<std::ptrdiff_t>(i.data.leading));
    const std::vector<double> rest = with_missing(std::span(i.y).subspan(i.data.leading), estimates, true);
    series.insert(series.end(), rest.begin(), rest.end());
    return series;
}

} // namespace timeloom
