// Estimation for series so long that one is work enough for all lanes.
#pragma once

#include "timeloom/runtime/arima/estimation/estimation.hpp"
#include "timeloom/runtime/arima/likelihood/likelihood_tile.hpp"
#include "timeloom/runtime/arima/parameters/parameter_space.hpp"

#include <optional>

namespace timeloom::detail {

/// True for a series without missing values whose time is worked on in pieces.
bool is_long(const ArimaData& series);

/// The exact likelihood of one long series, point by point, with five numbers of memory for each of its
/// values, and as many for each regressor.
class LongLikelihood {
  public:
    LongLikelihood(const plan::LagFilterKernels& kernels, const plan::LagFilter& orders,
                   const ArimaData& series);

    PointValue operator()(std::span<const double> coefficients);

  private:
    PointValue value_in(LikelihoodTile& tile) const;

    const plan::LagFilterKernels& kernels_;
    plan::LagFilter orders_;
    const ArimaData& series_;
    ParameterSpace space_;
    LikelihoodTile tile_;
};

/// The maximum near the best of those of parts of the series, which are searched as plan says.
Estimate estimate_long(const plan::LagFilterKernels& kernels, const EstimationJob& job);

} // namespace timeloom::detail
