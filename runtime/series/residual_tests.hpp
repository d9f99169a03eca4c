// Tests on the residuals of a model, and summary statistics of a series.
#pragma once

#include <cstddef>
#include <span>

namespace timeloom {

struct JarqueBera {
    double statistic;
    double p_value;
    double skew;
    double kurtosis; ///< 3 for a normal distribution
};

/// n / 6 (skew^2 + (kurtosis - 3)^2 / 4), chi-squared with 2 degrees of freedom for normal residuals (Jarque,
/// Bera 1980); skew and kurtosis from moments divided by n. Throws Error for missing values, fewer than 2 of
/// them, or constant ones.
JarqueBera jarque_bera(std::span<const double> resid);

enum class Alternative { two_sided, increasing, decreasing };

struct HeteroskedasticityOptions {
    double subset_length = 1.0 / 3.0; ///< share of the residuals in each of the two parts
    Alternative alternative = Alternative::two_sided;
    bool use_f = true; ///< F distribution, otherwise chi-squared
};

struct Heteroskedasticity {
    double statistic; ///< H
    double p_value;
};

/// H = mean square of the last third over that of the first, F(h, h) distributed if the variance does not
/// change (Harvey 1990, "breakvar"); a decreasing alternative gives 1 / H. Leave out the residuals of a
/// model's start-up. NaN, a missing residual, is passed over within its part, whose degrees of freedom are
/// the residuals that are there. Throws Error if a part has fewer than 2 residuals, or only zeros.
Heteroskedasticity heteroskedasticity_test(std::span<const double> resid,
                                           const HeteroskedasticityOptions& options = {});

struct Description {
    std::size_t count; ///< of values that are not missing
    double mean;
    double std; ///< divided by n - 1; NaN for a single value
    double min;
    double lower_quartile; ///< quantiles interpolate linearly between the two nearest values
    double median;
    double upper_quartile;
    double max;
};

/// What pandas' Series.describe() tells; NaN is a missing value. Throws Error if nothing else is there.
Description describe(std::span<const double> series);

} // namespace timeloom
