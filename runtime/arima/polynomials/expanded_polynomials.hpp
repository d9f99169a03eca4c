// Products of a model's two polynomials of a kind, lane by lane, and their derivatives.
#pragma once

#include "timeloom/runtime/arima/lanes/lanes.hpp"

#include <algorithm>
#include <vector>

namespace timeloom {

/// The coefficients of one factor of a product, signs not yet as in the polynomial.
struct FactorRows {
    const LaneRow* terms;
    int count;
    int lag;
    int first; ///< place among the coefficients of the kernels' filter
};
using FactorRowsList = dsl::static_vector<FactorRows, 3>;

/// Those of one side, as many terms as `orders` has; coefficients lie as in the kernels' filter.
inline FactorRowsList factor_rows(const LaneRow* coefficients, const dsl::lag_filter& kernels,
                                  const dsl::lag_filter& orders, bool moving_average) {
    const dsl::factor_list of_kernels = dsl::all_factors(kernels), of_orders = dsl::all_factors(orders);
    FactorRowsList rows;
    for (int i = 0; i < of_kernels.size(); ++i) {
        if (of_orders[i].moving_average == moving_average) {
            const int first = of_kernels[i].first;
            rows.push_back({coefficients + first, of_orders[i].terms, of_orders[i].lag, first});
        }
    }
    return rows;
}

/// The lags from 1 on that the product of the factors has, in order.
inline std::vector<int> expanded_lags(const dsl::lag_filter& orders, bool moving_average) {
    std::vector<int> lags{0};
    for (const dsl::lag_factor& factor : dsl::factors(orders)) {
        const std::size_t count = lags.size();
        for (int j = 1; j <= factor.terms && factor.moving_average == moving_average; ++j) {
            for (std::size_t i = 0; i < count; ++i) {
                lags.push_back(lags[i] + factor.lag * j);
            }
        }
    }
    std::ranges::sort(lags);
    const auto doubles = std::ranges::unique(lags);
    lags.erase(doubles.begin(), doubles.end());
    lags.erase(lags.begin());
    return lags;
}

/// out[0] = 1, … of the product of all factors but one; returns its degree. Sign -1 for an autoregressive
/// side. `out` has room for the degree of the whole product.
inline int expand(const FactorRowsList& factors, double sign, LaneRow* out, int without = -1) {
    int degree = 0;
    out[0].lane.fill(1.0);
    for (int i = 0; i < factors.size(); ++i) {
        const FactorRows& f = factors[i];
        if (i == without || f.count == 0) {
            continue;
        }
        const int longer = degree + f.lag * f.count;
        std::fill(out + degree + 1, out + longer + 1, LaneRow{});
        for (int t = longer; t >= f.lag; --t) { // down, so that those read are not yet multiplied
            for (int j = 1; j <= f.count && f.lag * j <= t; ++j) {
                for (std::size_t l = 0; l < dsl::series_lanes; ++l) {
                    out[t][l] += out[t - f.lag * j][l] * (sign * f.terms[j - 1][l]);
                }
            }
        }
        degree = longer;
    }
    return degree;
}

/// Adds ∂f/∂terms of all factors to `gradient`, whose rows lie as the coefficients do. `product` has room for
/// the product.
inline void flow_back_expansion(const FactorRowsList& factors, double sign, const LaneRow* source,
                                LaneRow* product, LaneRow* gradient) {
    for (int i = 0; i < factors.size(); ++i) {
        const FactorRows& f = factors[i];
        const int degree = f.count > 0 ? expand(factors, sign, product, i) : 0;
        for (int j = 1; j <= f.count; ++j) {
            LaneRow& sum = gradient[f.first + j - 1];
            for (int t = 0; t <= degree; ++t) {
                for (std::size_t l = 0; l < dsl::series_lanes; ++l) {
                    sum[l] += sign * source[t + f.lag * j][l] * product[t][l];
                }
            }
        }
    }
}

} // namespace timeloom
