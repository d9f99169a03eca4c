// Stationary polynomials from partial autocorrelations (Barndorff-Nielsen and Schou 1973, Monahan 1984).
#pragma once

#include <span>
#include <vector>

namespace timeloom::detail {

/// Coefficients φ of a stationary 1 - φ₁B - … - φ_kB^k from partial autocorrelations κ in (-1, 1), by Durbin
/// and Levinson's recursion: order by order φ_i ← φ_i - κ_j φ_{j-i}, φ_j = κ_j.
class PartialAutocorrelations {
  public:
    /// Writes as many coefficients as there are κ, and remembers the orders below for flow_back().
    void to_coefficients(std::span<const double> kappa, std::span<double> phi);
    /// After to_coefficients: turns ∂f/∂φ into ∂f/∂κ, in place.
    void flow_back(std::span<const double> kappa, std::span<double> gradient) const;

  private:
    std::vector<double> lower_; ///< (order, coefficient)
    mutable std::vector<double> flow_;
};

/// The other way. False where φ is not stationary: some |κ| is at least 1.
bool partial_autocorrelations(std::span<const double> phi, std::span<double> kappa);

} // namespace timeloom::detail
