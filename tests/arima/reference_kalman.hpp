// The exact Gaussian likelihood of an ARIMA model by a Kalman filter in 113 bits, in plain loops.
#pragma once

#include "reference_arma.hpp"

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace timeloom::tests {

// With roots near the unit circle the start's variance is 10¹⁵ and more, so that 64 bits are too few.
#if defined(__SIZEOF_FLOAT128__)
__extension__ using Real = __float128;
#else
using Real = long double;
#endif
using RealVector = std::vector<Real>;
using RealMatrix = std::vector<RealVector>;

inline Real magnitude(Real x) { return x < 0 ? -x : x; }
inline Real logarithm(Real x) { return std::log(static_cast<long double>(x)); }
inline Real square_root(Real x) { return std::sqrt(static_cast<long double>(x)); }

inline RealMatrix product(const RealMatrix& a, const RealMatrix& b) {
    RealMatrix c(a.size(), RealVector(b[0].size()));
    for (std::size_t i = 0; i < a.size(); ++i) {
        for (std::size_t k = 0; k < b.size(); ++k) {
            for (std::size_t j = 0; j < b[0].size() && a[i][k] != 0; ++j) {
                c[i][j] += a[i][k] * b[k][j];
            }
        }
    }
    return c;
}

inline RealMatrix transposed(const RealMatrix& a) {
    RealMatrix t(a[0].size(), RealVector(a.size()));
    for (std::size_t i = 0; i < a.size(); ++i) {
        for (std::size_t j = 0; j < a[0].size(); ++j) {
            t[j][i] = a[i][j];
        }
    }
    return t;
}

/// S and log|Σ| for unit innovations: given the values that differencing loses, of which unknown ones, as all
/// other missing values, are integrated out; the columns' coefficients at their best. llf is at the best
/// variance.
struct ReferenceLikelihood {
    Real sum_of_squares = 0;
    Real log_determinant = 0;
    std::size_t observations = 0;

    double llf() const {
        const auto n = static_cast<Real>(observations);
        const Real two_pi = 6.283185307179586476925286766559L;
        return static_cast<double>(-0.5L *
                                   (n * (logarithm(two_pi * sum_of_squares / n) + 1) + log_determinant));
    }
};

class ReferenceKalman {
  public:
    /// delta: 1, δ₁, … of the difference polynomial.
    ReferenceKalman(const ReferenceArma& arma, std::vector<double> delta)
        : r_(std::max(arma.phi.size(), arma.theta.size() + 1)), delta_(std::move(delta)),
          size_(r_ + delta_.size() - 1), transition_(size_, RealVector(size_)), noise_(size_) {
        for (std::size_t i = 0; i < r_; ++i) {
            transition_[i][0] = i < arma.phi.size() ? arma.phi[i] : 0;
            if (i + 1 < r_) {
                transition_[i][i + 1] = 1;
            }
            noise_[i] = i == 0 ? 1 : i - 1 < arma.theta.size() ? arma.theta[i - 1] : 0;
        }
        const std::size_t lost = delta_.size() - 1;
        // The newest level is what is observed; the others move on by one.
        observation_.assign(size_, 0);
        observation_[0] = 1;
        for (std::size_t k = 0; k < lost; ++k) {
            observation_[r_ + k] = -delta_[k + 1];
        }
        if (lost > 0) {
            transition_[r_] = observation_;
            for (std::size_t k = 1; k < lost; ++k) {
                transition_[r_ + k][r_ + k - 1] = 1;
            }
        }
    }

    /// y (NaN where missing) less columns of the same length, in levels.
    ReferenceLikelihood operator()(const std::vector<double>& y,
                                   const std::vector<std::vector<double>>& columns = {}) const {
        const std::size_t lost = delta_.size() - 1;
        std::vector<std::vector<double>> all{y};
        all.insert(all.end(), columns.begin(), columns.end());
        std::vector<RealVector> states(all.size(), RealVector(size_));
        for (std::size_t k = 0; k < lost; ++k) {
            const std::size_t t = lost - 1 - k;
            for (std::size_t j = 0; j < all.size(); ++j) {
                states[j][r_ + k] = std::isnan(all[j][t]) ? 0 : all[j][t];
            }
        }
        std::size_t unknown = 0;
        for (std::size_t k = 0; k < lost; ++k) {
            if (std::isnan(y[lost - 1 - k])) {
                states.emplace_back(size_)[r_ + k] = 1;
                all.emplace_back(y.size());
                ++unknown;
            }
        }
        return solved(filtered(all, std::move(states), y), all.size() - unknown, unknown);
    }

  private:
    /// Standardised prediction errors of every column, row by row, and log|F|.
    struct Filtered {
        std::vector<RealVector> errors;
        Real log_determinant = 0;
    };

    RealMatrix start_covariance() const {
        RealMatrix t(r_, RealVector(r_)), sum(r_, RealVector(r_));
        for (std::size_t i = 0; i < r_; ++i) {
            for (std::size_t j = 0; j < r_; ++j) {
                t[i][j] = transition_[i][j];
                sum[i][j] = noise_[i] * noise_[j];
            }
        }
        for (int doubling = 0; doubling < 120; ++doubling) { // Σ Tⁱ Q T'ⁱ
            const RealMatrix more = product(product(t, sum), transposed(t));
            Real change = 0;
            for (std::size_t i = 0; i < r_; ++i) {
                for (std::size_t j = 0; j < r_; ++j) {
                    sum[i][j] += more[i][j];
                    change = std::max(change, magnitude(more[i][j]) / (1 + magnitude(sum[i][j])));
                }
            }
            if (change < 1e-30L) {
                break;
            }
            t = product(t, t);
        }
        return sum;
    }

    Filtered filtered(const std::vector<std::vector<double>>& columns, std::vector<RealVector> states,
                      const std::vector<double>& y) const {
        RealMatrix p(size_, RealVector(size_));
        const RealMatrix start = start_covariance();
        for (std::size_t i = 0; i < r_; ++i) {
            std::copy(start[i].begin(), start[i].end(), p[i].begin());
        }
        Filtered result;
        for (std::size_t t = delta_.size() - 1; t < y.size(); ++t) {
            if (!std::isnan(y[t])) {
                RealVector gain(size_);
                Real f = 0;
                for (std::size_t i = 0; i < size_; ++i) {
                    for (std::size_t j = 0; j < size_; ++j) {
                        gain[i] += p[i][j] * observation_[j];
                    }
                    f += observation_[i] * gain[i];
                }
                RealVector& row = result.errors.emplace_back();
                for (std::size_t c = 0; c < columns.size(); ++c) {
                    Real v = columns[c][t];
                    for (std::size_t i = 0; i < size_; ++i) {
                        v -= observation_[i] * states[c][i];
                    }
                    for (std::size_t i = 0; i < size_; ++i) {
                        states[c][i] += gain[i] * v / f;
                    }
                    row.push_back(v / square_root(f));
                }
                for (std::size_t i = 0; i < size_; ++i) {
                    for (std::size_t j = 0; j < size_; ++j) {
                        p[i][j] -= gain[i] * gain[j] / f;
                    }
                }
                result.log_determinant += logarithm(f);
            }
            for (RealVector& state : states) {
                RealVector next(size_);
                for (std::size_t i = 0; i < size_; ++i) {
                    for (std::size_t j = 0; j < size_; ++j) {
                        next[i] += transition_[i][j] * state[j];
                    }
                }
                state = next;
            }
            p = product(product(transition_, p), transposed(transition_));
            for (std::size_t i = 0; i < size_; ++i) {
                for (std::size_t j = 0; j < size_; ++j) {
                    p[i][j] += noise_[i] * noise_[j];
                }
            }
        }
        return result;
    }

    /// Takes the columns out one after the other; those from `known` on are integrated out.
    static ReferenceLikelihood solved(Filtered f, std::size_t known, std::size_t unknown) {
        ReferenceLikelihood result;
        result.observations = f.errors.size() - unknown;
        result.log_determinant = f.log_determinant;
        const std::size_t columns = known + unknown;
        for (std::size_t c = columns; c-- > 1;) {
            Real square = 0;
            for (const RealVector& row : f.errors) {
                square += row[c] * row[c];
            }
            if (c >= known) {
                result.log_determinant += logarithm(square);
            }
            for (std::size_t other = 0; other < c; ++other) {
                Real dot = 0;
                for (const RealVector& row : f.errors) {
                    dot += row[c] * row[other];
                }
                for (RealVector& row : f.errors) {
                    row[other] -= dot / square * row[c];
                }
            }
        }
        for (const RealVector& row : f.errors) {
            result.sum_of_squares += row[0] * row[0];
        }
        return result;
    }

    std::size_t r_;
    std::vector<double> delta_;
    std::size_t size_;
    RealMatrix transition_;
    RealVector noise_, observation_;
};

/// δ(B) x = 1 from zeros: what a mean of the differenced series is in levels.
inline std::vector<double> integrated_ones(const std::vector<double>& delta, std::size_t n) {
    std::vector<double> x(n);
    for (std::size_t t = delta.size() - 1; t < n; ++t) {
        x[t] = 1;
        for (std::size_t k = 1; k < delta.size(); ++k) {
            x[t] -= delta[k] * x[t - k];
        }
    }
    return x;
}

} // namespace timeloom::tests
