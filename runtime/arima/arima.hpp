// ARIMA models over generated lag filters: fit, forecast, simulate.
#pragma once

#include "timeloom/runtime/arima/arima_options.hpp"
#include "timeloom/runtime/arima/arima_results.hpp"
#include "timeloom/runtime/arima/season_options.hpp"
#include "timeloom/runtime/plan/arima.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace timeloom {

struct FitManyOptions {
    /// Its regressors are those of every series. One search for each series unless more are asked for: on
    /// simulated ARMA(2, 2) one reaches the best known maximum for nearly nine series of ten, as other
    /// packages do; starts = 0, which searches on until no other maximum is to be expected, but not for as
    /// long as fit() does, for 98 of 100 at fourteen times the cost.
    ArimaFitOptions fit{.cov_type = CovarianceType::none, .starts = 1};
    std::span<const Regressors> exog{}; ///< or each series' own, in the order of the series
    std::size_t threads = 0;            ///< 0: one for each hardware thread
};

/// Orders and trends that a program chooses, and how they are called: ARIMA(0, 1, 1)(0, 1, 1)12.
using plan::ArimaOrders;
using plan::name_of;
using plan::Trend;

/// A model over the lag filters of a plan. Immutable: any number of threads may use one. Missing observations
/// are NaN. Every error is an Error.
class Arima {
  public:
    /// The declared model, <model>_plan of its generated header. A season whose period the declaration leaves
    /// open gets it from the options.
    explicit Arima(const plan::Arima& plan, const SeasonOptions& season = {});
    /// Orders chosen at run time, which the plan's filters must serve: those of a family, or of a larger
    /// model. Throws Error if they do not.
    Arima(const plan::ArimaOrders& orders, plan::Trend trend, const plan::ArimaFilters& plan);

    const plan::ArimaOrders& orders() const { return orders_; }
    plan::Trend trend() const { return trend_; }

    /// statsmodels' names and order: const, drift, x1, ar.L1, ma.L1, ar.S.L12, ma.S.L12; sigma2 comes after
    /// them.
    std::vector<std::string> param_names(std::size_t exog_columns = 0) const;

    /// Throws Error for bad data (see prepare()) and a start that is not stationary and invertible. Whether
    /// the search converged is in the result; a series that is constant once differenced and its regressors
    /// are taken out gets a result of status `constant`, with sigma2 = 0, that goes on as it was.
    ArimaResults fit(std::span<const double> y, const ArimaFitOptions& options = {}) const;

    /// Each series by itself, none affected by the others; ragged lengths. The same bits for any number of
    /// threads. Throws Error for regressors of another number of series; what is wrong with one series or its
    /// regressors is in its own result.
    std::vector<ArimaFit> fit_many(std::span<const std::vector<double>> series,
                                   const FitManyOptions& options = {}) const;

    /// Results at given parameters (without sigma2, which is estimated unless given), as statsmodels'
    /// smooth(). Autoregressive parts must be stationary; moving-average ones may have roots on the unit
    /// circle.
    ArimaResults smooth(std::span<const double> y, std::span<const double> params,
                        const Regressors& exog = {}, double sigma2 = 0) const;

    /// Exact log-likelihood at given parameters, sigma2 at its best value.
    double loglike(std::span<const double> y, std::span<const double> params,
                   const Regressors& exog = {}) const;

    /// A realisation of `nsimulations` values, at most a million, from normal innovations: the ARMA part is
    /// stationary from the first value on, integrated from zero, then trend and regressors are added. Params
    /// in the order of param_names(), without sigma2. Throws Error for parameters that smooth() refuses, and
    /// a sigma2 that is negative or not finite.
    std::vector<double> simulate(std::span<const double> params, double sigma2, std::size_t nsimulations,
                                 std::uint64_t seed, const Regressors& exog = {}) const;

    const plan::LagFilterKernels& kernels() const { return kernels_; }

  private:
    friend class ArimaResults;
    /// The variance of the innovations and its root; zeros are to be estimated.
    struct InnovationVariance {
        double sigma2, sigma;
    };
    ArimaFit estimated(std::span<const double> y, const ArimaFitOptions& options) const;
    ArimaResults smooth_at(std::span<const double> y, std::span<const double> params, const Regressors& exog,
                           const InnovationVariance& given) const;
    /// simulate() by the root of sigma2, which may leave the range of double.
    std::vector<double> draw(std::span<const double> params, double sigma, std::size_t nsimulations,
                             std::uint64_t seed, const Regressors& exog) const;

    plan::ArimaOrders orders_;
    plan::Trend trend_;
    plan::LagFilterKernels kernels_{};
};

} // namespace timeloom
