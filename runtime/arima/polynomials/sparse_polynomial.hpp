// Polynomials in the lag operator of which few coefficients differ from zero, as those of seasonal models.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace timeloom::detail {

/// 1 + Σ c_k B^k.
class SparsePolynomial {
  public:
    struct Term {
        std::size_t lag;
        double coefficient;
    };

    /// Takes all coefficients, that of lag 0 first.
    explicit SparsePolynomial(std::span<const double> coefficients) : degree_(coefficients.size() - 1) {
        for (std::size_t k = 1; k < coefficients.size(); ++k) {
            if (coefficients[k] != 0) {
                terms_.push_back({k, coefficients[k]});
            }
        }
    }

    std::size_t degree() const { return degree_; }
    std::span<const Term> terms() const { return terms_; }

    /// y_t = x_t + Σ c_k x_{t-k}, with zeros before the first.
    std::vector<double> times(std::span<const double> x) const {
        std::vector<double> y(x.begin(), x.end());
        for (const Term& term : terms_) {
            for (std::size_t t = term.lag; t < x.size(); ++t) {
                y[t] += term.coefficient * x[t - term.lag];
            }
        }
        return y;
    }
    /// The x of which this makes y; y in place.
    void divide(std::span<double> y) const {
        for (std::size_t t = 0; t < y.size(); ++t) {
            for (const Term& term : terms_) {
                if (term.lag > t) {
                    break;
                }
                y[t] -= term.coefficient * y[t - term.lag];
            }
        }
    }
    /// Σ_{k ≥ i} c_k x(k - i), k of the terms, for i = 1, 2, …
    template <class Series>
    void add_parts_ahead(double factor, const Series& x, std::span<double> ahead) const {
        for (const Term& term : terms_) {
            for (std::size_t i = 1; i <= term.lag && i <= ahead.size(); ++i) {
                ahead[i - 1] += factor * term.coefficient * x(term.lag - i);
            }
        }
    }

  private:
    std::size_t degree_;
    std::vector<Term> terms_;
};

} // namespace timeloom::detail
