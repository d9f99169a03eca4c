#include "timeloom/runtime/arima/likelihood/prediction_errors.hpp"

#include "timeloom/runtime/arima/likelihood/start_predictors.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace timeloom::detail {

namespace {

std::vector<double> autocovariances(const std::vector<double>& phi, const SparsePolynomial& theta,
                                    std::size_t count) {
    const std::vector<double> of_ar = StartPredictors(phi).autocovariances(count + theta.degree());
    std::vector<SparsePolynomial::Term> terms{{0, 1.0}};
    terms.insert(terms.end(), theta.terms().begin(), theta.terms().end());
    std::vector<double> gamma(count);
    for (std::size_t k = 0; k < count; ++k) {
        for (const auto& a : terms) {
            for (const auto& b : terms) {
                const std::size_t lag = k + a.lag >= b.lag ? k + a.lag - b.lag : b.lag - k - a.lag;
                gamma[k] += a.coefficient * b.coefficient * of_ar[lag];
            }
        }
    }
    return gamma;
}

/// The state is what the past adds to w at 1, 2, … steps ahead besides what passes through later w: s_i(t) =
/// s_{i+1}(t - 1) + φ_i w_t + θ_i ε_t.
class Recursion {
  public:
    Recursion(const std::vector<double>& phi, const std::vector<double>& theta)
        : ar_(phi), ma_(theta), size_(std::max(ar_.degree(), ma_.degree())), state_(size_), gain_(size_),
          change_(size_) {
        const std::vector<double> gamma = autocovariances(phi, ma_, std::max<std::size_t>(1, ar_.degree()));
        std::vector<double> psi(std::max<std::size_t>(1, ma_.degree()));
        psi[0] = 1;
        psi = ma_.times(psi);
        ar_.divide(psi);
        ar_.add_parts_ahead(
            -1.0, [&](std::size_t k) { return gamma[k]; }, gain_);
        ma_.add_parts_ahead(
            1.0, [&](std::size_t k) { return psi[k]; }, gain_);
        variance_ = gamma[0];
        const double root = std::sqrt(variance_);
        for (std::size_t i = 0; i < size_; ++i) {
            gain_[i] /= root;
        }
        change_ = gain_;
    }

    double variance() const { return variance_; }
    double predicted() const { return size_ > 0 ? state_[0] : 0.0; }

    /// Takes an observation. gain · √variance is the state's covariance with it, and the covariance of the
    /// next state is that of this one less change change'.
    void take(double w) {
        const double root = std::sqrt(variance_);
        const double error = (w - predicted()) / root;
        if (size_ == 0) {
            return;
        }
        step(state_);
        for (std::size_t i = 0; i < size_; ++i) {
            state_[i] += gain_[i] * error;
        }
        if (settled_) {
            return;
        }
        // A hyperbolic rotation of (√variance, gain) and (first of change, change a step on).
        const double ratio = change_[0] / root;
        const double left = (1 - ratio) * (1 + ratio);
        const double cosine = std::sqrt(left);
        step(change_);
        for (std::size_t i = 0; i < size_; ++i) {
            gain_[i] = (gain_[i] - ratio * change_[i]) / cosine;
            change_[i] = cosine * change_[i] - ratio * gain_[i];
        }
        variance_ *= left;
        if (!(variance_ > 1)) { // the start is forgotten
            variance_ = variance_ > 1 - 1e-6 ? 1 : std::numeric_limits<double>::quiet_NaN();
        }
        if (++steps_ % 64 == 0) {
            settled_ = std::ranges::all_of(change_, [](double x) { return std::abs(x) < 1e-18; });
        }
    }

  private:
    /// The transition of the state.
    void step(std::vector<double>& x) const {
        const double first = x[0];
        std::copy(x.begin() + 1, x.end(), x.begin());
        x.back() = 0;
        for (const auto& term : ar_.terms()) {
            x[term.lag - 1] -= term.coefficient * first;
        }
    }

    SparsePolynomial ar_, ma_;
    std::size_t size_;
    std::vector<double> state_, gain_, change_;
    double variance_ = 1;
    std::size_t steps_ = 0;
    bool settled_ = false;
};

} // namespace

PredictionErrors prediction_errors(const std::vector<double>& phi, const std::vector<double>& theta,
                                   std::span<const double> w) {
    Recursion recursion(phi, theta);
    PredictionErrors result;
    for (const double x : w) {
        result.errors.push_back(x - recursion.predicted());
        result.variances.push_back(recursion.variance());
        recursion.take(x);
    }
    return result;
}

} // namespace timeloom::detail
