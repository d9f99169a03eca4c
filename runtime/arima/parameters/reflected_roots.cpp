#include "timeloom/runtime/arima/parameters/reflected_roots.hpp"

#include "timeloom/runtime/arima/polynomials/polynomial_roots.hpp"

#include <algorithm>

namespace timeloom::detail {

std::vector<double> reflected(std::span<const double> coefficients, double margin) {
    std::vector<double> polynomial{1.0};
    polynomial.insert(polynomial.end(), coefficients.begin(), coefficients.end());
    std::vector<std::complex<double>> product{1.0};
    for (std::complex<double> root : polynomial_roots(polynomial)) {
        if (std::abs(root) < 1) {
            root = 1.0 / std::conj(root);
        }
        root *= std::max(1.0, (1 + margin) / std::abs(root));
        product.push_back(0.0); // times (1 - z / root)
        for (std::size_t i = product.size(); i-- > 1;) {
            product[i] -= product[i - 1] / root;
        }
    }
    std::vector<double> result(coefficients.size());
    for (std::size_t i = 1; i < product.size(); ++i) {
        result[i - 1] = product[i].real();
    }
    return result;
}

} // namespace timeloom::detail
