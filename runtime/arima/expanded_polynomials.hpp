// Products of a model's two polynomials of a kind, lane by lane, and their derivatives.
#pragma once

#include "timeloom/runtime/arima/lanes.hpp"

#include <algorithm>
#include <vector>

namespace timeloom {

/// The factors of a filter as the expanded polynomial needs them.
struct FactorRows {
    const LaneRow* terms;
    int count;
    const LaneRow* seasonal_terms;
    int seasonal_count;
    int period;
    double sign;
};

inline FactorRows factor_rows(const LaneRow* coefficients, const dsl::lag_filter& kernels,
                              const dsl::lag_filter& orders, bool moving_average) {
    const int first = moving_average ? kernels.p + kernels.seasonal_p : 0;
    const int seasonal = first + (moving_average ? kernels.q : kernels.p);
    return {coefficients + first,    moving_average ? orders.q : orders.p,
            coefficients + seasonal, moving_average ? orders.seasonal_q : orders.seasonal_p,
            orders.seasonal_period,  moving_average ? 1.0 : -1.0};
}

/// The lags from 1 on that the product of the two factors has, in order.
inline std::vector<int> expanded_lags(const dsl::lag_filter& orders, bool moving_average) {
    const int terms = moving_average ? orders.q : orders.p;
    const int seasonal_terms = moving_average ? orders.seasonal_q : orders.seasonal_p;
    std::vector<int> lags;
    for (int j = 0; j <= seasonal_terms; ++j) {
        for (int i = 0; i <= terms; ++i) {
            lags.push_back(i + orders.seasonal_period * j);
        }
    }
    std::ranges::sort(lags);
    const auto doubles = std::ranges::unique(lags);
    lags.erase(doubles.begin(), doubles.end());
    lags.erase(lags.begin());
    return lags;
}

/// Product of the two factors: out[0] = 1, …
inline void expand(const FactorRows& f, LaneRow* out) {
    const int degree = f.count + f.period * f.seasonal_count;
    std::fill_n(out, degree + 1, LaneRow{});
    for (int j = 0; j <= f.seasonal_count; ++j) {
        for (int i = 0; i <= f.count; ++i) {
            for (std::size_t l = 0; l < dsl::series_lanes; ++l) {
                const double a = i == 0 ? 1.0 : f.sign * f.terms[i - 1][l];
                const double b = j == 0 ? 1.0 : f.sign * f.seasonal_terms[j - 1][l];
                out[i + f.period * j][l] += a * b;
            }
        }
    }
}

/// Adds ∂f/∂terms of both factors to `gradient`, whose rows lie as the coefficients do.
inline void flow_back_expansion(const FactorRows& f, const LaneRow* source, LaneRow* terms,
                                LaneRow* seasonal_terms) {
    for (int j = 0; j <= f.seasonal_count; ++j) {
        for (int i = 0; i <= f.count; ++i) {
            for (std::size_t l = 0; l < dsl::series_lanes; ++l) {
                const double flow = f.sign * source[i + f.period * j][l];
                if (i > 0) {
                    terms[i - 1][l] += flow * (j == 0 ? 1.0 : f.sign * f.seasonal_terms[j - 1][l]);
                }
                if (j > 0) {
                    seasonal_terms[j - 1][l] += flow * (i == 0 ? 1.0 : f.sign * f.terms[i - 1][l]);
                }
            }
        }
    }
}

} // namespace timeloom
