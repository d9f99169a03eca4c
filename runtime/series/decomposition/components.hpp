// A series split into trend, cyclical, seasonal and irregular parts.
#pragma once

#include "timeloom/runtime/series/decomposition/seasonal_decompose.hpp"
#include "timeloom/runtime/series/decomposition/stl.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace timeloom {

enum class DecomposeMethod { classical, stl };

struct ComponentOptions {
    DecomposeMethod method = DecomposeMethod::stl;
    DecomposeModel model = DecomposeModel::additive;
    std::optional<double> hp_lambda = {}; ///< smoothness of the trend; default: 1600 (period / 4)^4
    StlOptions stl = {};                  ///< for method stl
};

struct Components {
    std::vector<double> trend;
    std::vector<double> cyclical;
    std::vector<double> seasonal;
    std::vector<double> irregular;
};

/// Parts that sum to the series, or multiply to it. A decomposition (classical with its trend extrapolated,
/// or STL) gives seasonal part and trend-cycle; the Hodrick-Prescott trend of the trend-cycle is the trend
/// and what remains of it the cycle. The multiplicative model takes STL and the trend of logarithms. Throws
/// Error as seasonal_decompose, stl and hp_filter do, and for values <= 0 in a multiplicative model.
Components components(std::span<const double> series, std::size_t period,
                      const ComponentOptions& options = {});

} // namespace timeloom
