// An ARIMA model that takes one more observation at a time.
#pragma once

#include "timeloom/runtime/arima/arima_results.hpp"

#include <cstddef>
#include <memory>
#include <span>

namespace timeloom {

struct ArimaPrediction {
    double mean;
    double se;
    double lower;
    double upper;
};

/// Fitted results that go on: update() takes the observation after the last one and has mean and interval of
/// the next at hand, as append() would compute them from the whole series, to rounding. It costs as many
/// products as the model has lags once the start of the sample is forgotten (an MA root close to the unit
/// circle takes long to forget), and no memory is allocated. Streams are values: copies go their own way.
/// A stream that was moved from only throws Error.
class ArimaStream {
  public:
    /// Intervals have probability 1 - alpha.
    explicit ArimaStream(const ArimaResults& results, double alpha = 0.05);
    ~ArimaStream();
    ArimaStream(const ArimaStream&);
    ArimaStream(ArimaStream&&) noexcept;
    ArimaStream& operator=(ArimaStream) noexcept;

    /// Takes the next observation, with its regressors where the model has some; NaN is a missing one.
    /// Returns the error of its prediction (NaN where it is missing). Throws Error for infinite observations,
    /// and leaves the stream as it was.
    double update(double y, std::span<const double> exog = {});

    /// One step ahead.
    ArimaPrediction next(std::span<const double> exog = {}) const;
    /// As ArimaResults::forecast() after the last update.
    ArimaForecast forecast(std::size_t steps, const ForecastOptions& options = {}) const;

    /// Observations so far, missing ones and those of the results included.
    std::size_t observations() const;

  private:
    struct Impl;
    Impl& impl() const;

    std::unique_ptr<Impl> impl_;
};

} // namespace timeloom
