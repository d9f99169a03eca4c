// What ArimaResults keeps; shared by the files that implement it.
#pragma once

#include "timeloom/runtime/arima/arima_results.hpp"
#include "timeloom/runtime/arima/data/arima_data.hpp"
#include "timeloom/runtime/arima/likelihood/arima_state.hpp"
#include "timeloom/runtime/arima/likelihood/level_pass.hpp"
#include "timeloom/runtime/arima/likelihood/level_regression.hpp"

#include <memory>
#include <mutex>
#include <optional>

namespace timeloom {

struct ArimaResults::Impl {
    plan::LagFilterKernels kernels;
    plan::ArimaOrders orders;
    plan::Trend trend;
    std::vector<double> y;
    std::vector<double> exog;
    std::size_t exog_columns;
    ArimaFit fit;
    ArimaMethod method;
    CovarianceType cov_type;

    detail::ArimaData data;
    double sigma;                     ///< of the innovations
    std::vector<double> params;       ///< with sigma2
    std::vector<double> coefficients; ///< φ, Φ, θ, Θ
    std::vector<double> covariance;   ///< in the order of params; empty where there is none
    /// One-step prediction errors, and their variances in units of sigma2; found when they are first asked
    /// for where that takes longer than all else.
    const std::vector<double>& resid() const { return one_step().errors; }
    const std::vector<double>& resid_variances() const { return one_step().variances; }
    /// y with estimates of what is missing, NaN where there are none; empty where nothing is missing.
    std::vector<double> smoothed;
    std::optional<detail::ArimaState> state; ///< after the last observation, of y less its regression

    std::size_t regressors() const { return data.regressors; }
    Regressors regressors_of_sample() const { return {exog, exog_columns}; }
    detail::LevelRegression regression() const { return {trend, std::span(params).first(regressors())}; }
    std::span<const double> exog_row(std::span<const double> rows, std::size_t t) const {
        return rows.subspan(t * exog_columns, exog_columns);
    }
    /// y without its leading missing values.
    std::span<const double> observations() const { return std::span(y).subspan(data.leading); }
    /// The model's way through the observations.
    detail::LevelPass pass() const;
    detail::LevelSeries level_series() const;
    void smooth();
    void find_covariance();

    struct OneStep {
        std::once_flag found;
        detail::LevelPass::Steps steps;
    };
    std::shared_ptr<OneStep> one_step_ = std::make_shared<OneStep>(); ///< copies share it
    const detail::LevelPass::Steps& one_step() const;

    Impl(const plan::LagFilterKernels& kernels, const plan::ArimaOrders& orders, plan::Trend trend,
         std::span<const double> y, const Regressors& exog, ArimaFit fit, ArimaMethod method,
         CovarianceType cov_type);
};

} // namespace timeloom
