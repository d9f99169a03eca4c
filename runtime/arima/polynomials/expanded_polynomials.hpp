// Products of a model's two polynomials of a kind, lane by lane, and their derivatives.
#pragma once

#include "timeloom/runtime/arima/lanes/lanes.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace timeloom::detail {

/// The coefficients of one factor of a product, signs not yet as in the polynomial.
struct FactorRows {
    const LaneRow* terms;
    int count;
    int lag;
    int first; ///< place among the coefficients of the kernels' filter
};
/// One in B and two seasons.
using FactorRowsList = std::array<FactorRows, 3>;

/// Those of one side, as many terms as `orders` has; coefficients lie as in the kernels' filter.
inline FactorRowsList factor_rows(const LaneRow* coefficients, const plan::LagFilter& kernels,
                                  const plan::LagFilter& orders, bool moving_average) {
    const plan::FactorList of_kernels = plan::all_factors(kernels), of_orders = plan::all_factors(orders);
    FactorRowsList rows{};
    std::size_t filled = 0;
    for (int i = 0; i < of_kernels.size(); ++i) {
        if (of_orders[i].moving_average == moving_average) {
            const int first = of_kernels[i].first;
            rows[filled++] = {coefficients + first, of_orders[i].terms, of_orders[i].lag, first};
        }
    }
    return rows;
}

/// The lags from 1 on that the product of the factors has, in order.
inline std::vector<int> expanded_lags(const plan::LagFilter& orders, bool moving_average) {
    std::vector<int> lags{0};
    for (const plan::LagFactor& factor : plan::factors(orders)) {
        const std::size_t count = lags.size();
        for (int j = 1; j <= factor.terms && factor.moving_average == moving_average; ++j) {
            for (std::size_t i = 0; i < count; ++i) {
                lags.push_back(lags[i] + factor.lag * j);
            }
        }
    }
    std::ranges::sort(lags);
    const auto doubles = std::unique(lags.begin(), lags.end());
    lags.erase(doubles, lags.end());
    lags.erase(lags.begin());
    return lags;
}

/// out[0] = 1, … of the product of all factors but one; returns its degree. Sign -1 for an autoregressive
/// side. `out` has room for the degree of the whole product.
inline int expand(const FactorRowsList& factors, double sign, LaneRow* out,
                  const FactorRows* without = nullptr) {
    int degree = 0;
    out[0].lane.fill(1.0);
    for (const FactorRows& f : factors) {
        if (&f == without || f.count == 0) {
            continue;
        }
        const int longer = degree + f.lag * f.count;
        std::fill(out + degree + 1, out + longer + 1, LaneRow{});
        for (int t = longer; t >= f.lag; --t) { // down, so that those read are not yet multiplied
            for (int j = 1; j <= f.count && f.lag * j <= t; ++j) {
                for (std::size_t l = 0; l < plan::series_lanes; ++l) {
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
    for (const FactorRows& f : factors) {
        const int degree = f.count > 0 ? expand(factors, sign, product, &f) : 0;
        for (int j = 1; j <= f.count; ++j) {
            LaneRow& sum = gradient[f.first + j - 1];
            for (int t = 0; t <= degree; ++t) {
                for (std::size_t l = 0; l < plan::series_lanes; ++l) {
                    sum[l] += sign * source[t + f.lag * j][l] * product[t][l];
                }
            }
        }
    }
}

} // namespace timeloom::detail
