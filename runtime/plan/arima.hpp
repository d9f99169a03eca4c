// The plan of an ARIMA model, or of a family of them: everything that a program needs to know of it, as
// constexpr data. Code generation writes it into <model>.timeloom.hpp, and the runtime executes it.
#pragma once

#include "timeloom/runtime/plan/lag_filter.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace timeloom::plan {

/// The numbers of an ARIMA(p,d,q)(P,D,Q)s, and of a second season.
struct ArimaOrders {
    int p = 0, d = 0, q = 0;
    int seasonal_p = 0, seasonal_d = 0, seasonal_q = 0;
    int seasonal_period = 1; ///< any_period: told at run time
    int second_p = 0, second_d = 0, second_q = 0;
    int second_period = 1;

    constexpr bool operator==(const ArimaOrders&) const = default;
    constexpr LagFilter filter() const {
        return {p, seasonal_p, q, seasonal_q, seasonal_period, second_p, second_q, second_period};
    }
    constexpr int differences() const { return d + seasonal_d + second_d; }
    /// Observations that differencing costs.
    constexpr int lost() const { return d + seasonal_period * seasonal_d + second_period * second_d; }
};

/// The most coefficients that a lag filter may have.
inline constexpr int most_lag_coefficients = 40;

/// statsmodels' trends, a polynomial in time (1, 2, …) added to the series: none, constant, linear, both. And
/// `differenced_mean`: a constant that is the mean of the differenced series.
enum class Trend : std::uint8_t { n, c, t, ct, differenced_mean };

/// The filters of a declaration, which serve every model of its orders or of lower ones.
struct ArimaFilters {
    std::string_view name{};
    ArimaOrders orders{};                        ///< of a family the largest
    std::span<const LagFilterKernels> filters{}; ///< smallest first: the first that serves a model is taken
};

/// A model: its orders are those of the filters.
struct Arima : ArimaFilters {
    Trend trend = Trend::n;
};

/// All models up to the largest orders, each without trend or with one that the program chooses.
struct ArimaFamily : ArimaFilters {};

} // namespace timeloom::plan
