// Tests for a unit root: augmented Dickey-Fuller, and KPSS, whose null hypothesis is stationarity.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace timeloom {

/// The deterministic terms of a unit-root regression; statsmodels' names.
enum class UnitRootRegression {
    n,   ///< none
    c,   ///< constant
    ct,  ///< constant and linear trend
    ctt, ///< constant, linear and quadratic trend
};

enum class AutoLag { none, aic, bic };

struct AdfOptions {
    std::optional<std::size_t> maxlag =
        {}; // default: 12 (n / 100)^(1/4), rounded up, as far as the series allows: half its length,
            // and one residual more than the regression has terms
    UnitRootRegression regression = UnitRootRegression::c;
    AutoLag autolag = AutoLag::aic; ///< none: use maxlag itself
};

struct AdfResult {
    double statistic;
    double p_value;
    std::size_t used_lag;
    std::size_t nobs; ///< rows of the regression
    struct {
        double one_percent, five_percent, ten_percent;
    } critical_values;
    std::optional<double> best_criterion = {}; ///< AIC or BIC of the lag chosen
};

/// t statistic of gamma in diff(x)_t = deterministic + gamma x_{t-1} + sum_{i<=lag} delta_i diff(x)_{t-i} +
/// e_t (Said, Dickey 1984); small values reject the unit root. P-value by the response surface of MacKinnon
/// (1994), critical values by that of MacKinnon (2010). Autolag compares lags on one common sample. Throws
/// Error for missing values, a constant or too short series, or a maxlag it is too short for.
AdfResult adfuller(std::span<const double> series, const AdfOptions& options = {});

/// How many autocovariances enter KPSS's long-run variance: Hobijn, Franses, Ooms (1998) from the data, or
/// the legacy rule 12 (n / 100)^(1/4), rounded up.
enum class KpssLags { automatic, legacy };

struct KpssOptions {
    UnitRootRegression regression = UnitRootRegression::c; ///< or ct: stationary around a trend
    KpssLags nlags = KpssLags::automatic;
    std::optional<std::size_t> fixed_nlags = {}; ///< takes the place of nlags
};

struct KpssResult {
    double statistic;
    double p_value;
    bool p_value_is_bound; ///< statistic outside the table: the true p-value is below 0.01 or above 0.10
    std::size_t lags;
    struct {
        double ten_percent, five_percent, two_and_half_percent, one_percent;
    } critical_values;
};

/// sum(S_t^2) / (n^2 s^2), S the partial sums of the residuals from mean or trend and s^2 their long-run
/// variance with Bartlett weights; large values reject stationarity. P-values are interpolated in the table
/// of Kwiatkowski, Phillips, Schmidt, Shin (1992). Throws Error for missing values, another regression,
/// residuals that are all 0, or as many lags as values.
KpssResult kpss(std::span<const double> series, const KpssOptions& options = {});

} // namespace timeloom
