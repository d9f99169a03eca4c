// The first values of an autoregressive process.
#pragma once

#include <cstddef>
#include <vector>

namespace timeloom::detail {

/// Best linear predictors of an AR(p) from 0, 1, …, p - 1 values, and the variances of their errors in units
/// of the innovations'; `a` is 1, -φ₁, …
struct StartPredictors {
    std::vector<std::vector<double>> phi;
    std::vector<double> variance;

    explicit StartPredictors(const std::vector<double>& a) {
        const std::size_t p = a.size() - 1;
        phi.resize(p + 1);
        variance.assign(p + 1, 1.0);
        phi[p].resize(p);
        for (std::size_t i = 0; i < p; ++i) {
            phi[p][i] = -a[i + 1];
        }
        for (std::size_t k = p; k >= 1; --k) {
            const std::vector<double>& f = phi[k];
            const double kappa = f[k - 1];
            const double left = 1.0 - kappa * kappa;
            phi[k - 1].resize(k - 1);
            for (std::size_t i = 0; i + 1 < k; ++i) {
                phi[k - 1][i] = (f[i] + kappa * f[k - 2 - i]) / left;
            }
            variance[k - 1] = variance[k] / left;
        }
    }

    /// Autocovariances at lags 0, 1, …
    std::vector<double> autocovariances(std::size_t count) const {
        const std::size_t p = phi.size() - 1;
        std::vector<double> gamma{variance[0]};
        for (std::size_t k = 1; k < count; ++k) {
            const std::vector<double>& f = phi[k < p ? k : p];
            double sum = 0;
            for (std::size_t i = 0; i < f.size(); ++i) {
                if (f[i] != 0) {
                    sum += f[i] * gamma[k - 1 - i];
                }
            }
            gamma.push_back(sum);
        }
        return gamma;
    }
};

} // namespace timeloom::detail
