// Random coefficients of a lag filter, and differences by them.
#pragma once

#include "../arima/reference_arma.hpp"

#include "timeloom/runtime/arima/likelihood/likelihood_tile.hpp"
#include "timeloom/runtime/simd/random.hpp"

#include <cmath>
#include <cstddef>
#include <vector>

namespace timeloom::tests {

/// Coefficients of one factor from partial autocorrelations within (-limit, limit).
inline std::vector<double> random_factor(Random& random, int terms, double limit) {
    std::vector<double> phi;
    for (int k = 1; k <= terms; ++k) {
        const double kappa = limit * (2.0 * static_cast<double>(random.uniform()) - 1.0);
        std::vector<double> next = phi;
        for (std::size_t i = 0; i < phi.size(); ++i) {
            next[i] = phi[i] - kappa * phi[phi.size() - 1 - i];
        }
        next.push_back(kappa);
        phi = next;
    }
    return phi;
}

/// A set of coefficients in the order of a filter's factors.
struct Coefficients {
    std::vector<double> phi, seasonal_phi, theta, seasonal_theta;

    Coefficients(Random& random, const plan::LagFilter& f, double limit = 0.8)
        : phi(random_factor(random, f.p, limit)), seasonal_phi(random_factor(random, f.seasonal_p, limit)),
          theta(random_factor(random, f.q, limit)),
          seasonal_theta(random_factor(random, f.seasonal_q, limit)) {
        for (double& c : theta) {
            c = -c;
        }
        for (double& c : seasonal_theta) {
            c = -c;
        }
    }
    std::vector<double*> all() {
        std::vector<double*> pointers;
        for (std::vector<double>* part : {&phi, &seasonal_phi, &theta, &seasonal_theta}) {
            for (double& c : *part) {
                pointers.push_back(&c);
            }
        }
        return pointers;
    }
    ReferenceArma reference(const plan::LagFilter& f) const {
        const auto s = static_cast<std::size_t>(f.seasonal_period);
        return {expanded(phi, seasonal_phi, s, -1.0), expanded(theta, seasonal_theta, s, 1.0)};
    }
};

inline void set_coefficients(detail::LikelihoodTile& tile, std::size_t lane, const plan::LagFilter& kernels,
                             const Coefficients& c) {
    const auto put = [&](int first, const std::vector<double>& values) {
        for (std::size_t i = 0; i < values.size(); ++i) {
            tile.coefficients()[static_cast<std::size_t>(first) + i][lane] = values[i];
        }
    };
    put(0, c.phi);
    put(kernels.p, c.seasonal_phi);
    put(kernels.p + kernels.seasonal_p, c.theta);
    put(kernels.p + kernels.seasonal_p + kernels.q, c.seasonal_theta);
}

/// (f(x + h) - f(x - h)) / 2h, where `value` gives f at the x that is set.
template <class F>
double central_difference(double& x, double h, const F& value) {
    const double before = x;
    x = before + h;
    const double up = value();
    x = before - h;
    const double down = value();
    x = before;
    return (up - down) / (2 * h);
}

/// Residuals zero before the first that the autoregressive part reaches; a plain loop over the expanded
/// polynomials.
inline double conditional_objective(const ReferenceArma& arma, const std::vector<double>& w) {
    const std::size_t first = arma.phi.size();
    std::vector<double> e(w.size());
    double sum = 0;
    for (std::size_t t = first; t < w.size(); ++t) {
        e[t] = w[t];
        for (std::size_t i = 1; i <= arma.phi.size(); ++i) {
            e[t] -= arma.phi[i - 1] * w[t - i];
        }
        for (std::size_t j = 1; j <= arma.theta.size() && j <= t; ++j) {
            e[t] -= arma.theta[j - 1] * e[t - j];
        }
        sum += e[t] * e[t];
    }
    const auto n = static_cast<double>(w.size() - first);
    return 0.5 * n * std::log(sum / n);
}

/// Where a tile's gradient holds that of the coefficients.
inline std::vector<std::size_t> gradient_rows(const plan::LagFilter& f, const plan::LagFilter& orders) {
    std::vector<std::size_t> rows;
    const auto add = [&](int first, int count) {
        for (int i = 0; i < count; ++i) {
            rows.push_back(static_cast<std::size_t>(first + i));
        }
    };
    add(0, orders.p);
    add(f.p, orders.seasonal_p);
    add(f.p + f.seasonal_p, orders.q);
    add(f.p + f.seasonal_p + f.q, orders.seasonal_q);
    return rows;
}

} // namespace timeloom::tests
