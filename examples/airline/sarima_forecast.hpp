// Fits the airline model to logged passengers and forecasts them.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace airline {

/// Forecast passengers with the bounds of their 95 % prediction intervals: exp of the forecast logarithms and
/// of their bounds. The forecast is the median; the interval lies askew around it.
struct SarimaForecast {
    std::vector<float> values;
    std::vector<float> lower;
    std::vector<float> upper;
    double llf = 0; ///< of the training months
};
SarimaForecast forecast_with_sarima(std::span<const float> history, std::size_t horizon);

/// What an exact maximum-likelihood fit says about all 144 months.
struct SarimaEstimates {
    const char* source;
    double ma;
    double seasonal_ma;
    double sigma2;
    double llf;
};
SarimaEstimates fit_sarima(std::span<const float> passengers);

/// The same fit by others, of the differenced logarithms as here. Both files are in tests/golden.
inline constexpr SarimaEstimates sarima_references[] = {
    {"R 4.2.2", -0.401823129556012, -0.556936502784861, 0.00134809899441592,
     244.696486832861}, // r_arima.json
    {"statsmodels 0.15.0", -0.40182312872, -0.55693650242, 0.0013480989945,
     244.69648683286076}, // statsmodels_arima.json
};

} // namespace airline
