// What every function of this folder checks about a series before it computes.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace timeloom::detail {

/// Throws Error, naming the function and the first bad value, unless the series has at least `minimum` values
/// and all are finite.
void require_series(const char* function, std::span<const double> series, std::size_t minimum);

/// Throws Error unless the series has two different values.
void require_varying(const char* function, std::span<const double> series);

/// Throws Error unless `period` is at least 2 and the series has two whole periods.
void require_periods(const char* function, std::span<const double> series, std::size_t period);

/// A series times 2^-exponent, its largest value next to 1: no square and no sum of it overflows or vanishes,
/// and no digit of it changes. What does not depend on the units of a series is computed from this.
struct ScaledSeries {
    std::vector<double> values;
    int exponent = 0;

    /// In the units of the series.
    double back(double value) const;
    /// The same, in place. Throws Error, naming the function, for values beyond the range of double.
    void back(const char* function, std::span<double> parts) const;
};
/// Values that are not finite stay as they are.
ScaledSeries scaled(std::span<const double> series);

double mean(std::span<const double> values);

/// sum((v - mean)^2) / divisor.
double variance(std::span<const double> values, double divisor);

} // namespace timeloom::detail
