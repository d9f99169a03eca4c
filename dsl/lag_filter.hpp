// The lag filter of an ARIMA model, as code generation and runtime share it.
#pragma once

#include "timeloom/dsl/static_vector.hpp"

#include <cstdint>

namespace timeloom::dsl {

/// Series (or parameter vectors of one series) that a lag filter works on side by side, one in each lane.
inline constexpr int series_lanes = 8;

/// Time steps that a kernel takes at once: lengths are rounded up to a multiple of it.
inline constexpr int filter_unroll = 4;

/// Period of a season that is chosen at run time.
inline constexpr int any_period = -1;

/// φ(B) Φ(B^s) w = θ(B) Θ(B^s) ε with φ(B) = 1 - φ₁B - …, θ(B) = 1 + θ₁B + …, so that the filter turns w into
/// the residuals ε = φ(B) Φ(B^s) / (θ(B) Θ(B^s)) w. A filter also serves every model of fewer terms, whose
/// missing coefficients are zeros.
struct lag_filter {
    int p = 0;          ///< terms of φ
    int seasonal_p = 0; ///< terms of Φ
    int q = 0;          ///< terms of θ
    int seasonal_q = 0; ///< terms of Θ
    int seasonal_period = 1;

    bool operator==(const lag_filter&) const = default;

    constexpr int parameters() const { return p + seasonal_p + q + seasonal_q; }
    /// Degrees of the expanded polynomials.
    constexpr int ar_degree() const { return p + seasonal_period * seasonal_p; }
    constexpr int ma_degree() const { return q + seasonal_period * seasonal_q; }
    constexpr bool serves(const lag_filter& f) const {
        const bool seasonal = f.seasonal_p + f.seasonal_q > 0;
        return f.p <= p && f.q <= q && f.seasonal_p <= seasonal_p && f.seasonal_q <= seasonal_q &&
               (!seasonal || seasonal_period == any_period || f.seasonal_period == seasonal_period);
    }
    /// Whether the kernels are told the period: their first argument, an int.
    constexpr bool has_open_period() const {
        return seasonal_period == any_period && seasonal_p + seasonal_q > 0;
    }
};

/// One polynomial in B^lag with `terms` coefficients, which begin at `first` among those of the filter. An
/// autoregressive factor multiplies, a moving-average one divides.
struct lag_factor {
    bool moving_average = false;
    int lag = 1;
    int terms = 0;
    int first = 0;
};

/// The factors that have terms, in the order in which they are applied: φ, Φ, θ, Θ.
constexpr static_vector<lag_factor, 4> factors(const lag_filter& f) {
    static_vector<lag_factor, 4> all;
    int first = 0;
    const auto add = [&](bool moving_average, int lag, int terms) {
        if (terms > 0) {
            all.push_back({moving_average, lag, terms, first});
        }
        first += terms;
    };
    add(false, 1, f.p);
    add(false, f.seasonal_period, f.seasonal_p);
    add(true, 1, f.q);
    add(true, f.seasonal_period, f.seasonal_q);
    return all;
}

/// The longest reach of a single factor: how many zeros must lie before and after a series.
constexpr int reach(const lag_filter& f) {
    int longest = 0;
    for (const lag_factor& factor : factors(f)) {
        longest = factor.lag * factor.terms > longest ? factor.lag * factor.terms : longest;
    }
    return longest;
}

/// Kernels of a filter, in double precision; where the period is open it comes first. Buffers over time are
/// (lane, t, column), t from -reach.
enum class lag_filter_kind : std::uint8_t {
    forward, ///< (coefficients, w) -> one series after each factor, the last of them ε
    adjoint, ///< (coefficients, ∂f/∂ε) -> ∂f/∂(series before each factor), the first of them ∂f/∂w
    gradient, ///< (w, forward's series, adjoint's series, ∂f/∂ε) -> ∂f/∂coefficients
    synthesis ///< (coefficients, ε) -> one series before each factor, the last of them w
};

} // namespace timeloom::dsl
