#include "timeloom/runtime/arima/estimation/order_points.hpp"

#include "timeloom/runtime/arima/parameters/parameter_space.hpp"

#include <algorithm>
#include <cmath>

namespace timeloom::detail {

namespace {

/// The roots of Φ(B^s) come ever closer to the unit circle the longer the season is, whatever Φ: those of
/// longer seasons are judged as if they had this one.
constexpr int longest_root_period = 24;

} // namespace

std::vector<double> carried_over(std::span<const double> point, const plan::LagFilter& from,
                                 const plan::LagFilter& to) {
    const plan::FactorList before = plan::all_factors(from), after = plan::all_factors(to);
    std::vector<double> result;
    for (int factor = 0; factor < after.size(); ++factor) {
        for (int k = 0; k < after[factor].terms; ++k) {
            result.push_back(
                k < before[factor].terms ? point[static_cast<std::size_t>(before[factor].first + k)] : 0.0);
        }
    }
    return result;
}

bool roots_beyond(std::span<const double> coefficients, const plan::LagFilter& orders, double modulus) {
    // c_k z^k has its roots beyond `modulus` where c_k modulus^k z^k has them outside of the unit circle.
    std::vector<double> scaled(coefficients.begin(), coefficients.end());
    std::size_t k = 0;
    for (const plan::LagFactor& factor : plan::factors(orders)) {
        const int lag = std::min(factor.lag, longest_root_period);
        for (int i = 1; i <= factor.terms; ++i) {
            scaled[k++] *= std::pow(modulus, i * lag);
        }
    }
    std::vector<double> point(scaled.size());
    return ParameterSpace(orders, orders).to_point(scaled, point);
}

} // namespace timeloom::detail
