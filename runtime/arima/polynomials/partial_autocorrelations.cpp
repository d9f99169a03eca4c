#include "timeloom/runtime/arima/polynomials/partial_autocorrelations.hpp"

#include <algorithm>
#include <cmath>

namespace timeloom::detail {

void PartialAutocorrelations::to_coefficients(std::span<const double> kappa, std::span<double> phi) {
    const std::size_t k = kappa.size();
    lower_.resize(k * k);
    for (std::size_t j = 0; j < k; ++j) { // from order j to j + 1
        double* below = lower_.data() + j * k;
        std::copy_n(phi.begin(), j, below);
        for (std::size_t i = 0; i < j; ++i) {
            phi[i] = below[i] - kappa[j] * below[j - 1 - i];
        }
        phi[j] = kappa[j];
    }
}

void PartialAutocorrelations::flow_back(std::span<const double> kappa, std::span<double> gradient) const {
    const std::size_t k = kappa.size();
    flow_.resize(k);
    for (std::size_t j = k; j-- > 0;) {
        const double* below = lower_.data() + j * k;
        std::copy_n(gradient.begin(), j, flow_.begin());
        for (std::size_t i = 0; i < j; ++i) {
            gradient[j] -= flow_[i] * below[j - 1 - i];
            gradient[i] = flow_[i] - kappa[j] * flow_[j - 1 - i];
        }
    }
}

bool partial_autocorrelations(std::span<const double> phi, std::span<double> kappa) {
    std::vector<double> order(phi.begin(), phi.end());
    for (std::size_t j = phi.size(); j-- > 0;) {
        kappa[j] = order[j];
        if (!(std::abs(kappa[j]) < 1.0)) {
            return false;
        }
        const std::vector<double> above = order;
        for (std::size_t i = 0; i < j; ++i) {
            order[i] = (above[i] + kappa[j] * above[j - 1 - i]) / (1.0 - kappa[j] * kappa[j]);
        }
    }
    return true;
}

} // namespace timeloom::detail
