// Forecasts of one step from growing samples.
#include "timeloom/runtime/arima/arima.hpp"

#include "timeloom/runtime/arima/arima_stream.hpp"
#include "timeloom/runtime/arima/data/arima_data.hpp"
#include "timeloom/runtime/base/as_error.hpp"

namespace timeloom {

namespace {

/// The rows of regressors from `first` on.
Regressors rows(const Regressors& exog, std::size_t first, std::size_t count) {
    return {exog.values.subspan(first * exog.columns, count * exog.columns), exog.columns};
}

std::vector<double> with_refits(const Arima& model, std::span<const double> y, std::size_t first,
                                const ArimaFitOptions& options) {
    ArimaFitOptions each = options;
    std::vector<double> forecasts;
    for (std::size_t n = first; n < y.size(); ++n) {
        each.exog = rows(options.exog, 0, n);
        const ArimaResults fitted = model.fit(y.first(n), each);
        forecasts.push_back(fitted.forecast(1, {.exog = rows(options.exog, n, 1)}).predicted_mean[0]);
    }
    return forecasts;
}

} // namespace

std::vector<double> rolling_forecast(const Arima& model, std::span<const double> y, std::size_t first,
                                     bool refit, const ArimaFitOptions& options) try {
    detail::require_rows(y, options.exog);
    ArimaFitOptions each = options;
    each.cov_type = CovarianceType::none;
    if (refit || first >= y.size()) {
        return with_refits(model, y, first, each);
    }
    each.exog = rows(options.exog, 0, first);
    ArimaStream stream(model.fit(y.first(first), each));
    std::vector<double> forecasts;
    for (std::size_t n = first; n < y.size(); ++n) {
        const std::span<const double> exog = rows(options.exog, n, 1).values;
        forecasts.push_back(stream.next(exog).mean);
        stream.update(y[n], exog);
    }
    return forecasts;
} catch (...) {
    detail::rethrow_as_error("rolling_forecast");
}

} // namespace timeloom
