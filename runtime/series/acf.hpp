// Autocorrelations of a series, and the tests of Ljung and Box and of Box and Pierce on them.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace timeloom {

/// Correlations at lags 0, 1, ..., with the limits of their confidence interval of level 1 - alpha.
struct Correlogram {
    std::vector<double> values;
    std::vector<double> lower;
    std::vector<double> upper;
};

struct AcfOptions {
    bool adjusted = false; ///< divide the autocovariance at lag k by n - k instead of n
    double alpha = 0.05;
};

/// r_k = c_k / c_0 with c_k = sum((x_t - mean)(x_{t-k} - mean)) / n. Limits by Bartlett (1946): the variance
/// of r_k is (1 + 2 sum_{i<k} r_i^2) / n. Default nlags: min(10 log10(n), n - 1). Throws Error for missing
/// values, a constant series, or nlags >= n.
Correlogram acf(std::span<const double> series, std::optional<std::size_t> nlags = std::nullopt,
                const AcfOptions& options = {});

/// How partial autocorrelations are estimated; statsmodels' names.
enum class PacfMethod {
    ywadjusted, ///< Yule-Walker, autocovariances divided by n - k
    ywm,        ///< Yule-Walker, autocovariances divided by n
    ols,        ///< regressions on a constant and k lags, each on all values it can use
    burg,       ///< Burg (1968): least forward and backward prediction errors
    ld,         ///< Levinson-Durbin on autocovariances divided by n - k: another name for ywadjusted
};

/// Correlation of x_t and x_{t-k} given the values between, 1 at lag 0. Limits: +- z / sqrt(n). Default
/// nlags: min(10 log10(n), n / 2 - 1). Throws Error for missing values, a constant series, or nlags >= n / 2.
Correlogram pacf(std::span<const double> series, std::optional<std::size_t> nlags = std::nullopt,
                 PacfMethod method = PacfMethod::ywadjusted, double alpha = 0.05);

/// A test on the correlations up to each lag; entry k - 1 is for lag k.
struct CorrelationTest {
    std::vector<double> statistic;
    std::vector<double> p_value;
};
using LjungBox = CorrelationTest;
using BoxPierce = CorrelationTest;

/// Q_k = n (n + 2) sum_{i<=k} r_i^2 / (n - i), chi-squared with k - model_df degrees of freedom if the series
/// is white noise (Ljung, Box 1978); p is NaN where k <= model_df, the number of estimated ARMA coefficients
/// if the series are residuals. Throws Error as acf does, and for lags = 0.
LjungBox ljung_box(std::span<const double> series, std::size_t lags, std::size_t model_df = 0);

/// The same with Q_k = n sum_{i<=k} r_i^2 (Box, Pierce 1970): statsmodels' acorr_ljungbox(boxpierce=True).
BoxPierce box_pierce(std::span<const double> series, std::size_t lags, std::size_t model_df = 0);

} // namespace timeloom
