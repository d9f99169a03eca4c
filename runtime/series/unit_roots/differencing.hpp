// Differences of a series, and how many it needs; names and rules of R's package forecast.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace timeloom {

/// (1 - B^lag)^times x: lag * times values fewer. Differences with a missing value are missing. Throws Error
/// if nothing would be left, for infinite values, and for differences beyond the range of double.
std::vector<double> diff(std::span<const double> series, std::size_t lag = 1, std::size_t times = 1);

/// True if all values are equal but for rounding: within 1e-14 of the largest of them, or of `magnitude`, the
/// size of the numbers that they are differences of. The same in all units; false where values are missing.
bool is_constant(std::span<const double> series, double magnitude = 0.0);

/// The least number d <= max_d of differences after which KPSS, with 3 sqrt(n) / 13 lags, does not reject
/// stationarity around a mean at level alpha, which lies in [0.01, 0.1]. 0 for a constant series; stops at
/// differences that are constant. Missing values are left out. Throws Error if nothing else is there, for
/// infinite values, and for a negative max_d.
int ndiffs(std::span<const double> series, double alpha = 0.05, int max_d = 2);

enum class SeasonalTest {
    seas, ///< seasonal strength above 0.64
    ocsb, ///< Osborn, Chui, Smith, Birchenhall (1988) at 5 percent
};

/// max(0, min(1, 1 - var(remainder) / var(remainder + seasonal))) of an STL decomposition (Wang, Smith,
/// Hyndman 2006) with seasonal window 11, seasonal degree 0 and jumps of a tenth of each window, as R's mstl
/// sets them. Throws Error for missing values or a series of no more than two periods.
double seasonal_strength(std::span<const double> series, std::size_t period);

struct OcsbResult {
    double statistic;
    double critical_value; ///< at 5 percent
    bool has_unit_root;    ///< statistic > critical_value
    std::size_t lag_order;
};

/// t statistic of the second term in lambda(B)-filtered
/// y_t = sum_{i<=lag} a_i y_{t-i} + b_1 Z4_{t-1} + b_2 Z5_{t-period}, y = (1 - B)(1 - B^period) x, after
/// Osborn, Chui, Smith, Birchenhall (1988). The lag order follows R's rule: one less than the order of 1 to 3
/// with the least AIC; the longest where a short series leaves a regression no residuals. Throws Error for
/// missing values, or where the regression of that order has no unique solution or no residuals.
OcsbResult ocsb_test(std::span<const double> series, std::size_t period);

/// Seasonal differences, at most max_D, that the test asks for. 0 for a constant series, for one of no more
/// than two periods, and where OCSB's regression has no unique solution. Throws Error for missing values, for
/// period 1, and for a negative max_D.
int nsdiffs(std::span<const double> series, std::size_t period, SeasonalTest test = SeasonalTest::seas,
            int max_D = 1);

/// The orders of differencing with which R's auto.arima starts, and what it does when the differenced series
/// is constant: no search, but ARIMA(0,d,0)(0,D,0) with the given constant or none.
struct DifferencingChoice {
    int d = 0;
    int D = 0;
    bool constant = false;         ///< the differenced series is constant
    bool include_constant = false; ///< mean or drift, only where `constant`
    double constant_value = 0.0;   ///< per time step: mean of the series, or drift
};

struct DifferencingOptions {
    int max_d = 2;
    int max_D = 1;
    double alpha = 0.05;
    SeasonalTest seasonal_test = SeasonalTest::seas;
};

/// Period 1 is a series without season, the only kind that may have missing values here. Throws Error for
/// period 0, and as ndiffs and nsdiffs do.
DifferencingChoice choose_differencing(std::span<const double> series, std::size_t period,
                                       const DifferencingOptions& options = {});

} // namespace timeloom
