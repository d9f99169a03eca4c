// The lag filter of an ARIMA model: its polynomials, and the generated kernels that compute with them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace timeloom::plan {

/// Series (or parameter vectors of one series) that a lag filter works on side by side, one in each lane.
inline constexpr int series_lanes = 8;

/// Time steps that a kernel takes at once: lengths are rounded up to a multiple of it.
inline constexpr int filter_unroll = 4;

/// Period of a season that is chosen at run time.
inline constexpr int any_period = -1;

/// φ(B) Φ(B^s) w = θ(B) Θ(B^s) ε with φ(B) = 1 - φ₁B - …, θ(B) = 1 + θ₁B + …, so that the filter turns w into
/// the residuals ε = φ(B) Φ(B^s) / (θ(B) Θ(B^s)) w. A filter also serves every model of fewer terms, whose
/// missing coefficients are zeros. A second season has factors of its own on both sides.
struct LagFilter {
    int p = 0;          ///< terms of φ
    int seasonal_p = 0; ///< terms of Φ
    int q = 0;          ///< terms of θ
    int seasonal_q = 0; ///< terms of Θ
    int seasonal_period = 1;
    int second_p = 0; ///< terms of the second season
    int second_q = 0;
    int second_period = 1;

    constexpr bool operator==(const LagFilter&) const = default;

    constexpr int parameters() const { return p + seasonal_p + second_p + q + seasonal_q + second_q; }
    constexpr bool has_ar() const { return p + seasonal_p + second_p > 0; }
    constexpr bool has_ma() const { return q + seasonal_q + second_q > 0; }
    /// Degrees of the expanded polynomials.
    constexpr int ar_degree() const { return p + seasonal_period * seasonal_p + second_period * second_p; }
    constexpr int ma_degree() const { return q + seasonal_period * seasonal_q + second_period * second_q; }
    constexpr bool serves(const LagFilter& f) const {
        const bool seasonal = f.seasonal_p + f.seasonal_q > 0;
        const bool second = f.second_p + f.second_q > 0;
        return f.p <= p && f.q <= q && f.second_p <= second_p && f.second_q <= second_q &&
               (!second || f.second_period == second_period) && f.seasonal_p <= seasonal_p &&
               f.seasonal_q <= seasonal_q &&
               (!seasonal || seasonal_period == any_period || f.seasonal_period == seasonal_period);
    }
    /// True if the period is told at run time: then it is the kernels' first argument.
    constexpr bool has_open_period() const {
        return seasonal_period == any_period && seasonal_p + seasonal_q > 0;
    }
};

/// One polynomial in B^lag with `terms` coefficients, which begin at `first` among those of the filter. An
/// autoregressive factor multiplies, a moving-average one divides.
struct LagFactor {
    bool moving_average = false;
    int lag = 1;
    int terms = 0;
    int first = 0;
};

/// The factors of a filter: on each side one in B, and one for each of at most two seasons.
class FactorList {
  public:
    constexpr void push_back(const LagFactor& factor) {
        factors_[static_cast<std::size_t>(size_++)] = factor;
    }
    constexpr int size() const { return size_; }
    constexpr const LagFactor& operator[](int i) const { return factors_[static_cast<std::size_t>(i)]; }
    constexpr const LagFactor* begin() const { return factors_.data(); }
    constexpr const LagFactor* end() const { return factors_.data() + size_; }

  private:
    std::array<LagFactor, 6> factors_{};
    int size_ = 0;
};

/// All factors in the order in which they are applied, those without terms, too: the autoregressive ones φ, Φ
/// and the second season's, then the moving-average ones alike.
constexpr FactorList all_factors(const LagFilter& f) {
    FactorList all;
    int first = 0;
    const auto add = [&](bool moving_average, int lag, int terms) {
        all.push_back({moving_average, lag, terms, first});
        first += terms;
    };
    add(false, 1, f.p);
    add(false, f.seasonal_period, f.seasonal_p);
    add(false, f.second_period, f.second_p);
    add(true, 1, f.q);
    add(true, f.seasonal_period, f.seasonal_q);
    add(true, f.second_period, f.second_q);
    return all;
}

/// Those that have terms.
constexpr FactorList factors(const LagFilter& f) {
    FactorList some;
    for (const LagFactor& factor : all_factors(f)) {
        if (factor.terms > 0) {
            some.push_back(factor);
        }
    }
    return some;
}

/// The longest reach of a single factor: how many zeros must lie before and after a series.
constexpr int reach(const LagFilter& f) {
    int longest = 0;
    for (const LagFactor& factor : factors(f)) {
        longest = factor.lag * factor.terms > longest ? factor.lag * factor.terms : longest;
    }
    return longest;
}

/// Kernels of a filter, in double precision.
enum class LagFilterKind : std::uint8_t {
    forward,  ///< w → the series after each factor, the last of them ε
    adjoint,  ///< ∂f/∂ε → ∂f/∂(series before each factor), the first of them ∂f/∂w
    gradient, ///< w, forward's series, adjoint's series, ∂f/∂ε → ∂f/∂coefficients
    synthesis ///< ε → the series before each factor, the last of them w
};

/// Shapes are in Halide's order, innermost first. Time steps begin at -reach.
enum class LagArgumentRole : std::uint8_t {
    period,           ///< an int: the season's, where it is open
    coefficients,     ///< (lane, coefficient), at least one
    series,           ///< (lane, t, column): w, or of synthesis ε
    after,            ///< (lane, t, column): what forward makes of it after factor `index`
    diff_residuals,   ///< (lane, t, column): ∂f/∂ε
    before,           ///< (lane, t, column): what adjoint or synthesis makes before factor `index`
    diff_coefficients ///< (lane, coefficient, column)
};

struct LagArgument {
    LagArgumentRole role{};
    int index = 0;
    constexpr bool operator==(const LagArgument&) const = default;
};

struct LagKernel {
    LagFilterKind kind{};
    std::string_view name{};
    int (*call)(void** arguments) =
        nullptr; ///< pointers to a period and to halide_buffer_t, as in the signature
    std::span<const LagArgument> signature{};
};

/// A filter with its kernels. One without coefficients has no gradient.
struct LagFilterKernels {
    LagFilter filter{};
    std::span<const LagKernel> kernels{};

    /// Null where there is none.
    constexpr const LagKernel* find(LagFilterKind kind) const {
        for (const LagKernel& k : kernels) {
            if (k.kind == kind) {
                return &k;
            }
        }
        return nullptr;
    }
    /// For a season of this period, where it is open.
    constexpr LagFilterKernels at_period(int period) const {
        LagFilterKernels chosen = *this;
        if (filter.seasonal_period == any_period) {
            chosen.filter.seasonal_period = period;
        }
        return chosen;
    }
};

} // namespace timeloom::plan
