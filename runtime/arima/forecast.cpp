#include "timeloom/runtime/arima/forecast_steps.hpp"
#include "timeloom/runtime/arima/results_impl.hpp"
#include "timeloom/runtime/base/as_error.hpp"

namespace timeloom {

ArimaForecast ArimaResults::forecast(std::size_t steps, const ForecastOptions& options) const try {
    const Impl& i = impl();
    return detail::forecast_steps(*i.state, i.regression(), i.sigma, i.y.size() + 1, i.exog_columns, steps,
                                  options);
} catch (...) {
    detail::rethrow_as_error("forecast");
}

std::vector<double> ArimaResults::smoothed_series() const {
    return impl().smoothed.empty() ? impl().y : impl().smoothed;
}

} // namespace timeloom
