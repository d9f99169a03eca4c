// The unconstrained space that estimation searches: every point is a stationary and invertible model.
#pragma once

#include "timeloom/runtime/arima/lanes/lanes.hpp"
#include "timeloom/runtime/arima/polynomials/partial_autocorrelations.hpp"

#include <array>
#include <span>
#include <vector>

namespace timeloom::detail {

/// u -> κ = 2u / (1 + u²) -> coefficients, factor by factor; a moving-average factor takes θ = -φ(κ). Points
/// hold the factors in the order φ, Φ, θ, Θ, as many terms as `orders` has; coefficient rows lie as in the
/// kernels' filter.
/// A partial autocorrelation is estimated with variance (1 - κ²)/n, so that in u the likelihood bends about
/// alike everywhere, by 4n; beyond the boundary |u| = 1 the models come back in reverse.
class ParameterSpace {
  public:
    ParameterSpace(const plan::LagFilter& kernels, const plan::LagFilter& orders);

    std::size_t size() const { return size_; }

    void to_coefficients(std::span<const double> point, std::span<double> coefficients);
    /// After to_coefficients at the same point: ∂f/∂coefficients to ∂f/∂u.
    void flow_back(std::span<const double> point, std::span<const double> gradient, std::span<double> result);
    /// From coefficients (as many as size()). False where they are not stationary or not invertible.
    bool to_point(std::span<const double> coefficients, std::span<double> point) const;
    /// From partial autocorrelations.
    static double unconstrained(double kappa);

    /// Row of each coefficient in the kernels' filter.
    std::span<const std::size_t> rows() const { return rows_; }

  private:
    struct Factor {
        std::size_t first;
        std::size_t terms;
        double sign;
    };

    std::vector<Factor> factors_;
    std::vector<std::size_t> rows_;
    std::size_t size_ = 0;
    std::array<PartialAutocorrelations, 6> recursions_;
    std::vector<double> kappa_;
};

} // namespace timeloom::detail
