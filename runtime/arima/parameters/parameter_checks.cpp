#include "timeloom/runtime/arima/parameters/parameter_checks.hpp"

#include "timeloom/runtime/arima/parameters/parameter_space.hpp"
#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace timeloom::detail {

namespace {

/// Coefficients of the polynomials in ρB: every root ρ times closer to zero for ρ > 1, farther for ρ < 1.
std::vector<double> with_roots_moved(const plan::LagFilter& orders, std::span<const double> coefficients,
                                     double ar_factor, double ma_factor) {
    std::vector<double> moved;
    for (const plan::LagFactor& lag_factor : plan::factors(orders)) {
        double power = 1;
        for (int i = 0; i < lag_factor.terms; ++i) {
            power *= lag_factor.moving_average ? ma_factor : ar_factor;
            moved.push_back(coefficients[moved.size()] * power);
        }
    }
    return moved;
}

std::optional<std::vector<double>> point_of(const plan::LagFilter& orders,
                                            std::span<const double> coefficients) {
    const ParameterSpace space(orders, orders);
    std::vector<double> point(space.size());
    if (!space.to_point(coefficients, point)) {
        return std::nullopt;
    }
    return point;
}

constexpr double at_unit_circle = 1e-6;

[[noreturn]] void throw_outside(const std::string& what) {
    throw Error(what + " are not stationary and invertible: a partial autocorrelation is 1 or more "
                       "in size; scale the coefficients down");
}

void require_finite(std::span<const double> coefficients, const std::string& what) {
    if (!std::ranges::all_of(coefficients, [](double x) { return std::isfinite(x); })) {
        throw Error(what + " are not all finite numbers");
    }
}

} // namespace

void require_admissible(const plan::LagFilter& orders, std::span<const double> coefficients,
                        const std::string& what) {
    require_finite(coefficients, what);
    if (!point_of(orders, with_roots_moved(orders, coefficients, 1.0, 1.0 - at_unit_circle))) {
        throw_outside(what);
    }
}

std::vector<double> start_of_search(const plan::LagFilter& orders, std::span<const double> coefficients,
                                    const std::string& what) {
    require_finite(coefficients, what);
    constexpr double inside = 1e-3;
    if (!point_of(orders,
                  with_roots_moved(orders, coefficients, 1.0 - at_unit_circle, 1.0 - at_unit_circle))) {
        throw_outside(what);
    }
    if (const auto point = point_of(
            orders, with_roots_moved(orders, coefficients, 1.0 + at_unit_circle, 1.0 + at_unit_circle))) {
        return *point_of(orders, coefficients);
    }
    return *point_of(orders, with_roots_moved(orders, coefficients, 1.0 - inside, 1.0 - inside));
}

} // namespace timeloom::detail
