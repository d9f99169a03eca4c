// What the observations of an ARIMA process tell of each other, from its covariance matrix: dense and slow.
#pragma once

#include "../arima/reference_arma.hpp"

#include <cmath>
#include <cstddef>
#include <vector>

namespace timeloom::tests {

struct GaussianValue {
    double mean;
    double variance; ///< in units of the innovations'
};

/// A series of `size` values whose first d + sD are given: y = (what these go on to be) + A w, w an ARMA
/// process of unit innovations, A the lower triangular matrix of sums that undo the differences.
class DenseProcess {
  public:
    DenseProcess(const ReferenceArma& arma, std::size_t d, std::size_t seasonal_d, std::size_t period,
                 std::vector<double> first, std::size_t size)
        : lost_(d + seasonal_d * period), first_(std::move(first)) {
        std::vector<double> delta{1.0};
        const auto times = [&](std::size_t lag) {
            std::vector<double> next(delta.size() + lag);
            for (std::size_t i = 0; i < delta.size(); ++i) {
                next[i] += delta[i];
                next[i + lag] -= delta[i];
            }
            delta = next;
        };
        for (std::size_t i = 0; i < d; ++i) {
            times(1);
        }
        for (std::size_t i = 0; i < seasonal_d; ++i) {
            times(period);
        }
        const std::size_t n = size - lost_;
        std::vector<double> sums(n); // how a unit of w goes on
        for (std::size_t k = 0; k < n; ++k) {
            sums[k] = k == 0 ? 1.0 : 0.0;
            for (std::size_t i = 1; i < delta.size() && i <= k; ++i) {
                sums[k] -= delta[i] * sums[k - i];
            }
        }
        base_ = first_;
        for (std::size_t t = lost_; t < size; ++t) {
            double value = 0;
            for (std::size_t i = 1; i < delta.size(); ++i) {
                value -= delta[i] * base_[t - i];
            }
            base_.push_back(value);
        }
        const std::vector<double> gamma = autocovariances(arma, n);
        covariance_.assign(n, std::vector<double>(n));
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < n; ++j) {
                for (std::size_t a = 0; a <= i; ++a) {
                    for (std::size_t b = 0; b <= j; ++b) {
                        covariance_[i][j] += sums[i - a] * sums[j - b] * gamma[a > b ? a - b : b - a];
                    }
                }
            }
        }
    }

    /// The value at `place`, given those of y before `end` that are there; the first ones have no weight.
    GaussianValue given(const std::vector<double>& y, std::size_t end, std::size_t place) const {
        std::vector<std::size_t> there;
        for (std::size_t t = lost_; t < end; ++t) {
            if (std::isfinite(y[t])) {
                there.push_back(t - lost_);
            }
        }
        const std::size_t n = there.size();
        std::vector<std::vector<double>> l(n, std::vector<double>(n));
        std::vector<double> z(n), c(n); // L z = observed, L c = covariances with the value
        const std::size_t at = place - lost_;
        GaussianValue result{base_[place], covariance_[at][at]};
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j <= i; ++j) {
                double sum = covariance_[there[i]][there[j]];
                for (std::size_t k = 0; k < j; ++k) {
                    sum -= l[i][k] * l[j][k];
                }
                l[i][j] = i == j ? std::sqrt(sum) : sum / l[j][j];
            }
            z[i] = y[there[i] + lost_] - base_[there[i] + lost_];
            c[i] = covariance_[there[i]][at];
            for (std::size_t j = 0; j < i; ++j) {
                z[i] -= l[i][j] * z[j];
                c[i] -= l[i][j] * c[j];
            }
            z[i] /= l[i][i];
            c[i] /= l[i][i];
            result.mean += c[i] * z[i];
            result.variance -= c[i] * c[i];
        }
        return result;
    }

  private:
    std::size_t lost_;
    std::vector<double> first_, base_;
    std::vector<std::vector<double>> covariance_;
};

} // namespace timeloom::tests
