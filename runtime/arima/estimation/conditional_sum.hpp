// Conditional sums of squares of a series with missing values.
#pragma once

#include "timeloom/runtime/arima/estimation/estimation.hpp"

#include <span>
#include <vector>

namespace timeloom::detail {

/// Residuals e_t = φ(B)Φ(Bˢ) w_t - Σ c_j e_{t-j}, with θ(B)Θ(Bˢ) = 1 + Σ c_j Bʲ, are zero and left out where
/// w_t or one of the p + sP values before it is missing or not there. For autoregressions that is R's
/// arima(method = "CSS"), whose missing residuals stay missing: behind a gap it sees nothing of models with
/// moving averages.
class ConditionalSum {
  public:
    ConditionalSum(const plan::LagFilter& orders, const ArimaData& series);

    /// Residuals that count.
    std::size_t observations() const { return kept_.size(); }
    /// n/2 log(S/n), with the regressors' coefficients at their best, and its gradient. Not finite where
    /// there are not more residuals than regressors.
    PointValue at(std::span<const double> coefficients) const;

  private:
    /// 1 + Σ c_k Bᵏ; `lags` are those that its factors reach.
    struct Polynomial {
        std::vector<double> c{1.0};
        std::vector<std::size_t> lags;
    };
    Polynomial product(std::span<const double> coefficients, bool moving_average,
                       const plan::LagFactor* without = nullptr) const;
    std::vector<double> residuals(std::span<const double> w, const Polynomial& ar,
                                  const Polynomial& ma) const;
    std::vector<double> flow_back(const std::vector<double>& residuals, const Polynomial& ma) const;
    std::vector<double> kept(const std::vector<double>& residuals) const;
    std::vector<double> gradient(std::span<const double> coefficients, const std::vector<double>& of_ar,
                                 const std::vector<double>& of_ma) const;

    plan::LagFilter orders_;
    const ArimaData& series_;
    std::vector<std::size_t> kept_; ///< their places
};

/// Throws Error where missing values leave no more residuals than the model has parameters.
void require_residuals(const plan::ArimaOrders& orders, const ArimaData& series);

/// The search of estimate() for one series.
Estimate estimate_conditionally(const plan::LagFilterKernels& kernels, const EstimationJob& job);

} // namespace timeloom::detail
