#include "timeloom/runtime/arima/estimation/hannan_rissanen_points.hpp"

#include "timeloom/runtime/arima/estimation/hannan_rissanen.hpp"
#include "timeloom/runtime/arima/parameters/reflected_roots.hpp"
#include "timeloom/runtime/arima/polynomials/small_matrix.hpp"

#include <algorithm>
#include <cmath>

namespace timeloom::detail {

namespace {

/// Coefficients of lag i shrunk by rⁱ until the factors are stationary and invertible, and away from the
/// boundary.
bool to_inner_point(const ParameterSpace& space, const plan::LagFilter& orders,
                    std::vector<double> coefficients, std::vector<double>& point) {
    for (int attempt = 0; attempt < 40; ++attempt) {
        if (space.to_point(coefficients, point) &&
            std::ranges::all_of(point, [](double u) { return std::abs(u) < 0.9; })) {
            return true;
        }
        std::size_t i = 0;
        for (const plan::LagFactor& factor : plan::factors(orders)) {
            for (int j = 1; j <= factor.terms; ++j) {
                coefficients[i++] *= std::pow(0.95, j);
            }
        }
    }
    return false;
}

/// The same with the roots of each factor reflected at the unit circle.
bool to_reflected_point(const ParameterSpace& space, const plan::LagFilter& orders,
                        std::vector<double> coefficients, std::vector<double>& point) {
    constexpr double margin = 1e-5;
    std::size_t first = 0;
    for (const plan::LagFactor& factor : plan::factors(orders)) {
        const std::span<double> terms =
            std::span(coefficients).subspan(first, static_cast<std::size_t>(factor.terms));
        const double sign = factor.moving_average ? 1.0 : -1.0;
        for (double& c : terms) {
            c *= sign;
        }
        std::ranges::copy(reflected(terms, margin), terms.begin());
        for (double& c : terms) {
            c *= sign;
        }
        first += terms.size();
    }
    return space.to_point(coefficients, point);
}

/// H⁻¹ in the parameter space from the information about the coefficients: H = J'IJ with J =
/// ∂coefficients/∂u.
std::vector<double> inverse_hessian_of(ParameterSpace& space, std::span<const double> point,
                                       const std::vector<double>& information) {
    const std::size_t k = point.size();
    std::vector<double> coefficients(k), jacobian(k * k), unit(k), product(k * k), hessian(k * k);
    space.to_coefficients(point, coefficients);
    for (std::size_t i = 0; i < k; ++i) {
        std::ranges::fill(unit, 0.0);
        unit[i] = 1.0;
        space.flow_back(point, unit, std::span(jacobian).subspan(i * k, k));
    }
    for (std::size_t i = 0; i < k; ++i) {
        for (std::size_t j = 0; j < k; ++j) {
            for (std::size_t l = 0; l < k; ++l) {
                product[i * k + j] += information[i * k + l] * jacobian[l * k + j];
            }
        }
    }
    for (std::size_t i = 0; i < k; ++i) {
        for (std::size_t j = 0; j < k; ++j) {
            for (std::size_t l = 0; l < k; ++l) {
                hessian[i * k + j] += jacobian[l * k + i] * product[l * k + j];
            }
        }
    }
    return inverse_of_positive_definite(hessian, k);
}

} // namespace

std::vector<StartingPoint> hannan_rissanen_points(const ArimaData& data, const plan::LagFilter& kernels,
                                                  const plan::LagFilter& orders) {
    std::vector<StartingPoint> points;
    FirstEstimate first = hannan_rissanen(data.detrended, data.basis, orders);
    if (first.coefficients.empty()) {
        return points;
    }
    ParameterSpace space(kernels, orders);
    std::vector<double> point(space.size());
    const auto append = [&] {
        points.push_back({point, inverse_hessian_of(space, point, first.information)});
    };
    if (space.to_point(first.coefficients, point)) {
        append();
        if (std::ranges::all_of(point, [](double u) { return std::abs(u) < 0.9; })) {
            return points;
        }
    } else if (to_reflected_point(space, orders, first.coefficients, point)) {
        append();
    }
    if (to_inner_point(space, orders, first.coefficients, point)) {
        append();
    }
    return points;
}

} // namespace timeloom::detail
