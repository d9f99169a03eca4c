#include "timeloom/runtime/arima/data/arima_orders.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/series/unit_roots/differencing.hpp"

#include <algorithm>
#include <string>

namespace timeloom::detail {

using plan::ArimaOrders;

void require_valid_orders(const ArimaOrders& o) {
    constexpr int most = plan::most_lag_coefficients;
    if (std::min({o.p, o.d, o.q, o.seasonal_p, o.seasonal_d, o.seasonal_q, o.second_p, o.second_d,
                  o.second_q}) < 0) {
        throw Error(name_of(o) + " has a negative order; orders are 0 or more");
    }
    const bool seasonal = std::max({o.seasonal_p, o.seasonal_d, o.seasonal_q}) > 0;
    if (o.seasonal_period < (seasonal ? 2 : 1)) {
        throw Error(name_of(o) + " has a season of " + std::to_string(o.seasonal_period) +
                    " observations; a season has at least 2, and a model without one the period 1");
    }
    if (std::max({o.p, o.q, o.seasonal_p, o.seasonal_q, o.second_p, o.second_q, o.d, o.seasonal_d,
                  o.second_d}) > most) {
        throw Error(name_of(o) + " has an order above " + std::to_string(most) + "; take a lower one");
    }
    if ((o.seasonal_p > 0 && o.p >= o.seasonal_period) || (o.seasonal_q > 0 && o.q >= o.seasonal_period)) {
        throw Error(name_of(o) + " has lags that are also seasonal ones; p and q must be below the period");
    }
    constexpr int longest = 1'000'000'000 / most / 4;
    if (std::max(o.seasonal_period, o.second_period) > longest) {
        throw Error(name_of(o) + " has a season of more than " + std::to_string(longest) + " observations");
    }
    const bool has_second = std::max({o.second_p, o.second_d, o.second_q}) > 0;
    if (o.second_period < 1 || (has_second && o.second_period <= o.seasonal_period) ||
        (has_second && !seasonal)) {
        throw Error(name_of(o) + " has a second season of " + std::to_string(o.second_period) +
                    " observations; it must be longer than the first, and a model without one has 1");
    }
    const int seasons =
        o.second_period % o.seasonal_period == 0 ? o.second_period / o.seasonal_period : most + 1;
    if ((o.second_p > 0 && (o.p >= o.second_period || o.seasonal_p >= seasons)) ||
        (o.second_q > 0 && (o.q >= o.second_period || o.seasonal_q >= seasons))) {
        throw Error(name_of(o) + " has lags that are also those of its second season; take lower orders");
    }
}

std::vector<double> difference(std::span<const double> series, const ArimaOrders& orders) {
    require_valid_orders(orders);
    std::vector<double> w(series.begin(), series.end());
    if (orders.d > 0) {
        w = diff(w, 1, static_cast<std::size_t>(orders.d));
    }
    if (orders.seasonal_d > 0) {
        w = diff(w, static_cast<std::size_t>(orders.seasonal_period),
                 static_cast<std::size_t>(orders.seasonal_d));
    }
    if (orders.second_d > 0) {
        w = diff(w, static_cast<std::size_t>(orders.second_period),
                 static_cast<std::size_t>(orders.second_d));
    }
    return w;
}

std::vector<double> difference_polynomial(const ArimaOrders& orders) {
    require_valid_orders(orders);
    std::vector<double> product{1.0};
    const auto times = [&](std::size_t lag) {
        std::vector<double> next(product.size() + lag);
        for (std::size_t i = 0; i < product.size(); ++i) {
            next[i] += product[i];
            next[i + lag] -= product[i];
        }
        product = next;
    };
    for (int i = 0; i < orders.d; ++i) {
        times(1);
    }
    for (int i = 0; i < orders.seasonal_d; ++i) {
        times(static_cast<std::size_t>(orders.seasonal_period));
    }
    for (int i = 0; i < orders.second_d; ++i) {
        times(static_cast<std::size_t>(orders.second_period));
    }
    return product;
}

} // namespace timeloom::detail
