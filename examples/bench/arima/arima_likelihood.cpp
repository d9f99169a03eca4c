#include "arima_likelihood.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace timeloom::bench {

namespace {

constexpr double impossible = -std::numeric_limits<double>::infinity();

using Matrix = std::vector<std::vector<double>>;

/// Coefficients of lags 1, 2, ... of (1 + sum a_i B^i)(1 + sum b_j B^(js)).
std::vector<double> expand(std::span<const double> plain, std::span<const double> seasonal, int season) {
    const auto s = static_cast<std::size_t>(season);
    std::vector<double> product(plain.size() + s * seasonal.size() + 1);
    for (std::size_t j = 0; j <= seasonal.size(); ++j) {
        const double factor = j == 0 ? 1 : seasonal[j - 1];
        product[j * s] += factor;
        for (std::size_t i = 0; i < plain.size(); ++i) {
            product[j * s + i + 1] += factor * plain[i];
        }
    }
    return {product.begin() + 1, product.end()};
}

/// Whether 1 - sum phi_i B^i has all its roots outside the unit circle: the partial autocorrelations, found
/// by running Durbin and Levinson's recursion backwards, are all inside (-1, 1).
bool is_stationary(std::vector<double> phi) {
    while (!phi.empty()) {
        const double last = phi.back();
        if (!(std::abs(last) < 1)) {
            return false;
        }
        phi.pop_back();
        const std::vector<double> longer = phi;
        for (std::size_t i = 0; i < phi.size(); ++i) {
            phi[i] = (longer[i] + last * longer[phi.size() - 1 - i]) / (1 - last * last);
        }
    }
    return true;
}

Matrix product(const Matrix& a, const Matrix& b, bool transpose_b) {
    const std::size_t n = a.size();
    Matrix result(n, std::vector<double>(n));
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
            for (std::size_t k = 0; k < n; ++k) {
                result[i][j] += a[i][k] * (transpose_b ? b[j][k] : b[k][j]);
            }
        }
    }
    return result;
}

/// An ARMA process in Harvey's form: state' = T state + R noise, T with phi in its first column and ones
/// above the diagonal, R = (1, theta...); the value is the state's first component.
class StateSpace {
  public:
    StateSpace(std::vector<double> phi, const std::vector<double>& theta)
        : phi_(std::move(phi)), noise_(theta), size_(std::max(phi_.size(), theta.size() + 1)) {
        phi_.resize(size_);
        noise_.insert(noise_.begin(), 1.0);
        noise_.resize(size_);
    }

    /// P = T P T' + R R', by doubling: after k rounds it holds the first 2^k terms of the sum.
    Matrix stationary_covariance() const {
        Matrix power(size_, std::vector<double>(size_));
        Matrix sum = power;
        for (std::size_t i = 0; i < size_; ++i) {
            power[i][0] = phi_[i];
            if (i + 1 < size_) {
                power[i][i + 1] = 1;
            }
            for (std::size_t j = 0; j < size_; ++j) {
                sum[i][j] = noise_[i] * noise_[j];
            }
        }
        for (double added = 1; added > 1e-17;) {
            const Matrix term = product(product(power, sum, false), power, true);
            added = 0;
            for (std::size_t i = 0; i < size_; ++i) {
                added += term[i][i] / sum[0][0];
                for (std::size_t j = 0; j < size_; ++j) {
                    sum[i][j] += term[i][j];
                }
            }
            power = product(power, power, false);
        }
        return sum;
    }

    /// One step of prediction from filtered state and covariance.
    void predict(std::vector<double>& state, Matrix& covariance) const {
        const double first = state[0];
        const Matrix old = covariance;
        for (std::size_t i = 0; i < size_; ++i) {
            state[i] = phi_[i] * first + (i + 1 < size_ ? state[i + 1] : 0);
            for (std::size_t j = 0; j < size_; ++j) {
                const auto at = [&](std::size_t row, std::size_t column) {
                    return row < size_ && column < size_ ? old[row][column] : 0;
                };
                covariance[i][j] = phi_[i] * phi_[j] * at(0, 0) + phi_[i] * at(0, j + 1) +
                                   phi_[j] * at(i + 1, 0) + at(i + 1, j + 1) + noise_[i] * noise_[j];
            }
        }
    }

    std::size_t size() const { return size_; }

  private:
    std::vector<double> phi_;
    std::vector<double> noise_;
    std::size_t size_;
};

double filtered_loglike(const StateSpace& model, std::span<const double> w, double mean) {
    std::vector<double> state(model.size());
    Matrix covariance = model.stationary_covariance();
    double squares = 0;
    double logs = 0;
    for (const double value : w) {
        const double error = value - mean - state[0];
        const double variance = covariance[0][0];
        squares += error * error / variance;
        logs += std::log(variance);
        const std::vector<double> gain = covariance[0];
        for (std::size_t i = 0; i < state.size(); ++i) {
            state[i] += gain[i] * error / variance;
            for (std::size_t j = 0; j < state.size(); ++j) {
                covariance[i][j] -= gain[i] * gain[j] / variance;
            }
        }
        model.predict(state, covariance);
    }
    const auto n = static_cast<double>(w.size());
    const double value = -0.5 * (n * (std::log(2 * std::numbers::pi * squares / n) + 1) + logs);
    return std::isfinite(value) ? value : impossible;
}

} // namespace

double exact_loglike(const ArimaCase& c, std::span<const double> w, std::span<const double> coefficients) {
    if (coefficients.size() != c.coefficients() ||
        !std::ranges::all_of(coefficients, [](double value) { return std::isfinite(value); })) {
        return impossible;
    }
    auto rest = coefficients;
    const auto take = [&rest](int count) {
        const auto front = rest.first(static_cast<std::size_t>(count));
        rest = rest.subspan(static_cast<std::size_t>(count));
        return front;
    };
    const auto negative = [](std::span<const double> values) {
        std::vector<double> result(values.begin(), values.end());
        std::ranges::transform(result, result.begin(), std::negate());
        return result;
    };
    const auto ar = negative(take(c.p));
    const auto ma = take(c.q);
    const auto seasonal_ar = negative(take(c.seasonal_p));
    const auto seasonal_ma = take(c.seasonal_q);
    const double mean = c.mean ? rest.front() : 0;

    const std::vector<double> phi = negative(expand(ar, seasonal_ar, c.season));
    if (!is_stationary(phi)) {
        return impossible;
    }
    return filtered_loglike(StateSpace(phi, expand(ma, seasonal_ma, c.season)), w, mean);
}

} // namespace timeloom::bench
