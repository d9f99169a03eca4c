#include "timeloom/runtime/arima/order_points.hpp"

#include "timeloom/runtime/arima/parameter_space.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace timeloom {

namespace {

/// The roots of Φ(B^s) come ever closer to the unit circle the longer the season is, whatever Φ: those of
/// longer seasons are judged as if they had this one.
constexpr int longest_root_period = 24;

std::array<int, 4> factor_terms(const dsl::lag_filter& f) { return {f.p, f.seasonal_p, f.q, f.seasonal_q}; }

} // namespace

std::vector<double> carried_over(std::span<const double> point, const dsl::lag_filter& from,
                                 const dsl::lag_filter& to) {
    std::vector<double> result;
    std::size_t first = 0;
    for (std::size_t factor = 0; factor < 4; ++factor) {
        const auto terms = static_cast<std::size_t>(factor_terms(from)[factor]);
        for (std::size_t k = 0; k < static_cast<std::size_t>(factor_terms(to)[factor]); ++k) {
            result.push_back(k < terms ? point[first + k] : 0.0);
        }
        first += terms;
    }
    return result;
}

bool roots_beyond(std::span<const double> coefficients, const dsl::lag_filter& orders, double modulus) {
    // c_k z^k has its roots beyond `modulus` where c_k modulus^k z^k has them outside of the unit circle.
    std::vector<double> scaled(coefficients.begin(), coefficients.end());
    std::size_t k = 0;
    for (std::size_t factor = 0; factor < 4; ++factor) {
        const int lag = factor % 2 == 0 ? 1 : std::min(orders.seasonal_period, longest_root_period);
        for (int i = 1; i <= factor_terms(orders)[factor]; ++i) {
            scaled[k++] *= std::pow(modulus, i * lag);
        }
    }
    std::vector<double> point(scaled.size());
    return ParameterSpace(orders, orders).to_point(scaled, point);
}

} // namespace timeloom
