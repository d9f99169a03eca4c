#include "timeloom/runtime/arima/forecast_steps.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/series/distributions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace timeloom::detail {

double interval_quantile(const char* function, double alpha) {
    if (!(alpha > 0 && alpha < 1)) {
        throw Error(std::string(function) + ": alpha is " + std::to_string(alpha) +
                    ", but must lie between 0 and 1");
    }
    // Half of the least number would be 0.
    return -normal_quantile(std::max(alpha / 2, std::numeric_limits<double>::denorm_min()));
}

double standard_error(double sigma, double variance) {
    return std::isinf(variance) ? variance : sigma * std::sqrt(variance);
}

void add_step(ArimaForecast& forecast, double mean, double error, double z) {
    forecast.predicted_mean.push_back(mean);
    forecast.se_mean.push_back(error);
    forecast.lower.push_back(mean - z * error);
    forecast.upper.push_back(mean + z * error);
}

ArimaForecast forecast_steps(ArimaState state, const LevelRegression& regression, double sigma,
                             std::size_t time, std::size_t columns, std::size_t steps,
                             const ForecastOptions& options) {
    if (steps > most_steps) {
        throw Error("forecast: " + std::to_string(steps) + " steps were asked for, but at most " +
                    std::to_string(most_steps) + " are forecast");
    }
    if (options.exog.columns != columns || options.exog.values.size() != steps * columns) {
        throw Error("forecast: the model has " + std::to_string(columns) + " regressors, so " +
                    std::to_string(steps) + " steps need " + std::to_string(steps * columns) +
                    " values of them, but " + std::to_string(options.exog.values.size()) + " were given");
    }
    for (const double x : options.exog.values) {
        if (!std::isfinite(x)) {
            throw Error("forecast: a regressor of the steps to forecast is not finite");
        }
    }
    const double z = interval_quantile("forecast", options.alpha);
    ArimaForecast result;
    double of_innovations = 0; // what those between the first and the last but one add to the variance
    for (std::size_t h = 0; h < steps; ++h) {
        const double level = regression.at(time + h, options.exog.values.subspan(h * columns, columns));
        const double variance = state.variance() + of_innovations;
        add_step(result, state.mean() + level, standard_error(sigma, variance), z);
        if (h == 0) {
            state.skip();
        } else {
            of_innovations += state.newest_effect() * state.newest_effect();
            state.pass();
        }
    }
    return result;
}

} // namespace timeloom::detail
