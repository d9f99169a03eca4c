// A lag filter over any number of plain series with the same coefficients.
#pragma once

#include "timeloom/runtime/plan/arima.hpp"

#include <span>
#include <vector>

namespace timeloom::detail {

/// One series through a filter: its residuals, and its values after its end with residuals of zero there.
struct FilteredSeries {
    std::vector<double> residuals;
    std::vector<double> continuation;
};

/// Filters series of equal length from zero, eight at a time, and continues each by `horizon` values.
/// `coefficients` in the order φ, Φ, θ, Θ of `orders`, which the kernels' filter must serve.
std::vector<FilteredSeries> filter_series(const plan::LagFilterKernels& kernels,
                                          const plan::LagFilter& orders, std::span<const double> coefficients,
                                          std::span<const std::vector<double>> series, std::size_t horizon);

/// The series that have these residuals (of equal length), with zeros before: w = θ(B) Θ(B^s) / (φ(B) Φ(B^s))
/// ε.
std::vector<std::vector<double>> synthesise(const plan::LagFilterKernels& kernels,
                                            const plan::LagFilter& orders,
                                            std::span<const double> coefficients,
                                            std::span<const std::vector<double>> residuals);

} // namespace timeloom::detail
