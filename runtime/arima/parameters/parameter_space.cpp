#include "timeloom/runtime/arima/parameters/parameter_space.hpp"

#include <cmath>

namespace timeloom::detail {

namespace {

double constrained(double u) { return 2.0 * u / (1.0 + u * u); }

} // namespace

double ParameterSpace::unconstrained(double kappa) { return kappa / (1.0 + std::sqrt(1.0 - kappa * kappa)); }

ParameterSpace::ParameterSpace(const plan::LagFilter& kernels, const plan::LagFilter& orders) {
    const plan::FactorList of_kernels = plan::all_factors(kernels), of_orders = plan::all_factors(orders);
    for (int i = 0; i < of_orders.size(); ++i) {
        const auto terms = static_cast<std::size_t>(of_orders[i].terms);
        factors_.push_back({size_, terms, of_orders[i].moving_average ? -1.0 : 1.0});
        for (std::size_t k = 0; k < terms; ++k) {
            rows_.push_back(static_cast<std::size_t>(of_kernels[i].first) + k);
        }
        size_ += terms;
    }
    kappa_.resize(size_);
}

void ParameterSpace::to_coefficients(std::span<const double> point, std::span<double> coefficients) {
    for (std::size_t i = 0; i < size_; ++i) {
        kappa_[i] = constrained(point[i]);
    }
    for (std::size_t i = 0; i < factors_.size(); ++i) {
        const Factor& f = factors_[i];
        const std::span<double> terms = coefficients.subspan(f.first, f.terms);
        recursions_[i].to_coefficients(std::span(kappa_).subspan(f.first, f.terms), terms);
        for (double& c : terms) {
            c *= f.sign;
        }
    }
}

void ParameterSpace::flow_back(std::span<const double> point, std::span<const double> gradient,
                               std::span<double> result) {
    for (std::size_t i = 0; i < factors_.size(); ++i) {
        const Factor& f = factors_[i];
        const std::span<double> terms = result.subspan(f.first, f.terms);
        for (std::size_t k = 0; k < f.terms; ++k) {
            terms[k] = f.sign * gradient[f.first + k];
        }
        recursions_[i].flow_back(std::span(kappa_).subspan(f.first, f.terms), terms);
    }
    for (std::size_t i = 0; i < size_; ++i) {
        const double square = point[i] * point[i];
        result[i] *= 2.0 * (1.0 - square) / ((1.0 + square) * (1.0 + square));
    }
}

bool ParameterSpace::to_point(std::span<const double> coefficients, std::span<double> point) const {
    for (const Factor& f : factors_) {
        std::vector<double> phi(coefficients.begin() + static_cast<std::ptrdiff_t>(f.first),
                                coefficients.begin() + static_cast<std::ptrdiff_t>(f.first + f.terms));
        for (double& c : phi) {
            c *= f.sign;
        }
        const std::span<double> kappa = point.subspan(f.first, f.terms);
        if (!partial_autocorrelations(phi, kappa)) {
            return false;
        }
        for (double& k : kappa) {
            k = unconstrained(k);
        }
    }
    return true;
}

} // namespace timeloom::detail
