#include "timeloom/runtime/arima/arima_stream.hpp"

#include "timeloom/runtime/arima/forecast_steps.hpp"
#include "timeloom/runtime/arima/results_impl.hpp"
#include "timeloom/runtime/base/as_error.hpp"
#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace timeloom {

using namespace detail;

struct ArimaStream::Impl {
    ArimaState state;
    LevelRegression regression;
    double sigma;
    double quantile;
    std::size_t observations;
    std::size_t columns;

    double level(std::span<const double> exog) const {
        if (exog.size() != columns) {
            throw Error("ARIMA stream: the model has " + std::to_string(columns) + " regressors, but " +
                        std::to_string(exog.size()) + " values of them were given for a step");
        }
        if (!std::ranges::all_of(exog, [](double x) { return std::isfinite(x); })) {
            throw Error("ARIMA stream: a regressor of a step is not finite");
        }
        return regression.at(observations + 1, exog);
    }
};

ArimaStream::ArimaStream(const ArimaResults& results, double alpha)
    : impl_(new Impl{*results.impl().state, results.impl().regression(), results.impl().sigma,
                     interval_quantile("ARIMA stream", alpha), results.impl().y.size(),
                     results.impl().exog_columns}) {}

ArimaStream::~ArimaStream() = default;
ArimaStream::ArimaStream(const ArimaStream& other) : impl_(new Impl(other.impl())) {}
ArimaStream::ArimaStream(ArimaStream&&) noexcept = default;
ArimaStream& ArimaStream::operator=(ArimaStream other) noexcept {
    std::swap(impl_, other.impl_);
    return *this;
}

ArimaStream::Impl& ArimaStream::impl() const {
    if (!impl_) {
        throw Error("this ArimaStream was moved from and is empty; use the object that it moved to");
    }
    return *impl_;
}

double ArimaStream::update(double y, std::span<const double> exog) {
    Impl& i = impl();
    if (std::isinf(y)) {
        throw Error("ARIMA stream: observation " + std::to_string(i.observations + 1) +
                    " is infinite; pass NaN for a missing one");
    }
    const double level = i.level(exog);
    ++i.observations;
    if (std::isnan(y)) {
        i.state.skip();
        return y;
    }
    const double error = y - level - i.state.mean();
    i.state.observe(y - level);
    return error;
}

ArimaPrediction ArimaStream::next(std::span<const double> exog) const {
    const Impl& i = impl();
    const double mean = i.state.mean() + i.level(exog);
    const double error = standard_error(i.sigma, i.state.variance());
    return {mean, error, mean - i.quantile * error, mean + i.quantile * error};
}

ArimaForecast ArimaStream::forecast(std::size_t steps, const ForecastOptions& options) const try {
    const Impl& i = impl();
    return forecast_steps(i.state, i.regression, i.sigma, i.observations + 1, i.columns, steps, options);
} catch (...) {
    detail::rethrow_as_error("forecast");
}

std::size_t ArimaStream::observations() const { return impl().observations; }

} // namespace timeloom
