// The airline forecasts side by side, as tables and as a picture.
#pragma once

#include "lstm_ensemble.hpp"
#include "sarima_forecast.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace airline {

inline constexpr std::size_t season = 12;

struct Forecasts {
    std::size_t training_months;
    std::vector<float> actual;
    LstmForecast lstm;
    SarimaForecast sarima;
    std::vector<float> naive;
};

/// Every month's forecasts, then the errors of each method.
void print_forecasts(const Forecasts& forecasts);

/// The full-sample fit beside the references.
void print_estimates(const SarimaEstimates& estimates);

void draw_forecasts(const std::string& file, std::span<const float> passengers, const Forecasts& forecasts);

} // namespace airline
