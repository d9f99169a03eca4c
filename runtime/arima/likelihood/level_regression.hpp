// What a model's trend and regressors add to a series.
#pragma once

#include "timeloom/runtime/plan/arima.hpp"

#include <span>
#include <vector>

namespace timeloom::detail {

/// The coefficients of trend and regressors in the order of param_names(). A mean of the differenced series
/// adds nothing to the level itself.
class LevelRegression {
  public:
    LevelRegression(plan::Trend trend, std::span<const double> coefficients)
        : trend_(trend), coefficients_(coefficients.begin(), coefficients.end()) {}

    double differenced_mean() const {
        return trend_ == plan::Trend::differenced_mean ? coefficients_[0] : 0.0;
    }

    /// At an observation, counted from 1, with its row of regressors.
    double at(std::size_t time, std::span<const double> exog) const {
        using enum plan::Trend;
        std::size_t next = 0;
        double sum = 0;
        if (trend_ == c || trend_ == ct) {
            sum += coefficients_[next++];
        }
        if (trend_ == t || trend_ == ct) {
            sum += coefficients_[next++] * static_cast<double>(time);
        }
        next += trend_ == differenced_mean;
        for (const double x : exog) {
            sum += coefficients_[next++] * x;
        }
        return sum;
    }

  private:
    plan::Trend trend_;
    std::vector<double> coefficients_;
};

} // namespace timeloom::detail
