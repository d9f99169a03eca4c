// What a stationary process knows before its first value; templates over an xsimd architecture.
#pragma once

#include "timeloom/runtime/arima/lanes/gap_filter.hpp"

#include <algorithm>
#include <vector>

namespace timeloom::detail::presample_kernels {

/// A number and its derivative with respect to one coefficient.
template <class V>
struct Tangent {
    V value, slope;

    Tangent() = default;
    explicit Tangent(double x) : value(x) {}
    Tangent(const V& x, const V& dx) : value(x), slope(dx) {}

    friend Tangent operator+(const Tangent& a, const Tangent& b) {
        return {a.value + b.value, a.slope + b.slope};
    }
    friend Tangent operator-(const Tangent& a, const Tangent& b) {
        return {a.value - b.value, a.slope - b.slope};
    }
    friend Tangent operator*(const Tangent& a, const Tangent& b) {
        return {a.value * b.value, a.slope * b.value + a.value * b.slope};
    }
    friend Tangent operator/(const Tangent& a, const Tangent& b) {
        const V quotient = a.value / b.value;
        return {quotient, (a.slope - quotient * b.slope) / b.value};
    }
    Tangent& operator+=(const Tangent& b) { return *this = *this + b; }
    Tangent& operator-=(const Tangent& b) { return *this = *this - b; }
};

/// c before the first value, c_j = ν_j - Σ_{l>j} φ_l γ_{l-j} with the autocovariances γ, which solve Σ_i φ_i
/// γ_{|j-i|} = ν_j = Σ_{b≥j} θ_b ψ_{b-j} (Wilson 1979). Number is Lanes, or Tangent of them.
template <class Number>
class StationaryStart {
  public:
    StationaryStart(const GapFilter& filter, const std::vector<Number>& phi, const std::vector<Number>& theta)
        : s(filter), p(filter.p), phi_(phi), theta_(theta), nu_(size(s.order + 1)), gamma_(size(p + 1)),
          rows_(size((p + 1) * (p + 1))), top_(size(p + 1)) {
        find_nu();
        step_down();
        for (int k = 1; k <= p; ++k) {
            Number sum = top_[size(k)];
            for (int i = 1; i <= k; ++i) {
                sum -= row(k)[i] * gamma_[size(k - i)];
            }
            gamma_[size(k)] = sum;
        }
    }

    Number covariance(int j) const {
        Number sum = nu_[size(j)];
        for (const int l : s.ar_lags) {
            if (l > j) {
                sum -= phi_[size(l)] * gamma_[size(l - j)];
            }
        }
        return sum;
    }
    /// Π (1 - κ²) over the partial autocorrelations.
    const Number& share() const { return share_; }

  private:
    static std::size_t size(int n) { return static_cast<std::size_t>(n); }
    Number* row(int k) { return rows_.data() + k * (p + 1); }

    void find_nu() {
        std::vector<Number> psi(size(s.q + 1));
        for (int j = 0; j <= s.q; ++j) {
            psi[size(j)] = theta_[size(j)];
            for (const int l : s.ar_lags) {
                if (l <= j) {
                    psi[size(j)] -= phi_[size(l)] * psi[size(j - l)];
                }
            }
        }
        for (int j = 0; j <= std::min(s.q, s.order); ++j) {
            nu_[size(j)] = j == 0 ? psi[0] : Number(0.0);
            for (const int b : s.ma_lags) {
                if (b >= j) {
                    nu_[size(j)] += theta_[size(b)] * psi[size(b - j)];
                }
            }
        }
    }

    /// The equations of order k - 1 from those of order k: row j less κ times row k - j.
    void step_down() {
        std::copy_n(phi_.begin(), p + 1, row(p));
        std::vector<Number> nu(nu_.begin(), nu_.begin() + p + 1), lower(size(p + 1));
        for (int k = p; k >= 1; --k) {
            const Number* a = row(k);
            Number* b = row(k - 1);
            const Number kappa = a[k];
            const Number left = (Number(1.0) - kappa) * (Number(1.0) + kappa);
            const Number reciprocal = Number(1.0) / left;
            share_ = share_ * left;
            top_[size(k)] = nu[size(k)];
            b[0] = Number(1.0);
            for (int i = 1; i < k; ++i) {
                b[i] = (a[i] - kappa * a[k - i]) * reciprocal;
            }
            for (int j = 0; j < k; ++j) {
                lower[size(j)] = (nu[size(j)] - kappa * nu[size(k - j)]) * reciprocal;
            }
            std::swap(nu, lower);
        }
        gamma_[0] = nu[0];
    }

    const GapFilter& s;
    const int p;
    const std::vector<Number>&phi_, &theta_;
    std::vector<Number> nu_, gamma_, rows_, top_;
    Number share_{1.0};
};

} // namespace timeloom::detail::presample_kernels
