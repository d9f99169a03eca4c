// Forecasts from the state after a series.
#pragma once

#include "timeloom/runtime/arima/arima_results.hpp"
#include "timeloom/runtime/arima/likelihood/arima_state.hpp"
#include "timeloom/runtime/arima/likelihood/level_regression.hpp"

namespace timeloom::detail {

/// Most steps that are forecast or simulated at once.
inline constexpr std::size_t most_steps = 1'000'000;

/// The quantile of an interval of probability 1 - alpha. Throws Error, naming the function, unless
/// 0 < alpha < 1.
double interval_quantile(const char* function, double alpha);

/// sigma √variance, where the variance is in units of sigma²; infinite where the variance is, although sigma
/// is 0.
double standard_error(double sigma, double variance);

/// A step with its interval onto the end of a forecast.
void add_step(ArimaForecast& forecast, double mean, double error, double z);

/// What follows an observation: the state after it, of a series less its regression on `columns` regressors;
/// `time` is the first step's number, counted from 1. Throws Error for options that do not fit.
ArimaForecast forecast_steps(ArimaState state, const LevelRegression& regression, double sigma,
                             std::size_t time, std::size_t columns, std::size_t steps,
                             const ForecastOptions& options);

} // namespace timeloom::detail
