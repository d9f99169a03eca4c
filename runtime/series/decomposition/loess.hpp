// Locally weighted regression on equally spaced values, as STL uses it.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace timeloom::detail {

/// Smooths y at the integer abscissas 0, 1, ... with tricube weights over the `window` nearest values.
class Loess {
  public:
    /// window odd; degree 0 (weighted mean) or 1 (line); weights empty or one per value, robustness weights.
    Loess(std::span<const double> y, std::size_t window, int degree, std::span<const double> weights)
        : y_(y), weights_(weights), window_(window), degree_(degree), local_(y.size()) {}

    /// The fit at x from the window nearest to it; x may lie outside of the values. Nothing if all weights
    /// there are 0.
    std::optional<double> at(double x);

    /// The fit at 0, jump, 2 jump, ..., and at the last value, with straight lines between; where all weights
    /// are 0, the value itself. Written to out, which has the length of y.
    void smooth(std::size_t jump, std::span<double> out);

  private:
    double bandwidth(double x, std::size_t first, std::size_t last) const;

    std::span<const double> y_;
    std::span<const double> weights_;
    std::size_t window_;
    int degree_;
    std::vector<double> local_; ///< weights of one fit
};

} // namespace timeloom::detail
