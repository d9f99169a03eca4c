// ARIMA models as constexpr values: arima(order<0, 1, 1>, seasonal_order<0, 1, 1, 12>, trend::n).
#pragma once

#include "timeloom/dsl/base/compile_error.hpp"
#include "timeloom/runtime/plan/arima.hpp"

#include <algorithm>
#include <vector>

namespace timeloom::declaration {

/// What a declaration calls plan::Trend: trend::c.
template <plan::Trend kind>
struct trend_type {};

namespace trend {
inline constexpr trend_type<plan::Trend::n> n;
inline constexpr trend_type<plan::Trend::c> c;
inline constexpr trend_type<plan::Trend::t> t;
inline constexpr trend_type<plan::Trend::ct> ct;
inline constexpr trend_type<plan::Trend::differenced_mean> differenced_mean;
} // namespace trend

template <int p, int d, int q>
struct order_type {};
/// p autoregressive terms, d differences, q moving-average terms.
template <int p, int d, int q>
inline constexpr order_type<p, d, q> order{};

template <int P, int D, int Q, int s>
struct seasonal_order_type {};
/// The same in steps of a season of s observations; without s the program gives it at run time.
template <int P, int D, int Q, int s = plan::any_period>
inline constexpr seasonal_order_type<P, D, Q, s> seasonal_order{};
using no_season = seasonal_order_type<0, 0, 0, 1>;
template <class Shorter, class Longer>
struct two_seasons {};

template <class Order, class Seasonal, plan::Trend trend>
struct arima_model;

template <int p, int d, int q, int P, int D, int Q, int s, plan::Trend kind>
struct arima_model<order_type<p, d, q>, seasonal_order_type<P, D, Q, s>, kind> {
    static constexpr plan::ArimaOrders orders{p, d, q, P, D, Q, s};
    static constexpr plan::Trend trend = kind;
};

template <int p, int d, int q, int P, int D, int Q, int s, int P2, int D2, int Q2, int s2, plan::Trend kind>
struct arima_model<order_type<p, d, q>,
                   two_seasons<seasonal_order_type<P, D, Q, s>, seasonal_order_type<P2, D2, Q2, s2>>, kind> {
    static constexpr plan::ArimaOrders orders{p, d, q, P, D, Q, s, P2, D2, Q2, s2};
    static constexpr plan::Trend trend = kind;
};

namespace detail {

template <int p, int d, int q>
constexpr fault fault_of_order(order_type<p, d, q>) {
    const fault order = sized("order", {p, d, q});
    return p < 0 || d < 0 || q < 0 ? say(order, ": p, d and q must not be negative")
           : p + q > plan::most_lag_coefficients
               ? say(order, ": p + q is ", p + q, ", but a filter may have ", plan::most_lag_coefficients,
                     " coefficients")
               : fault{};
}

template <int P, int D, int Q, int s>
constexpr fault fault_of_season(seasonal_order_type<P, D, Q, s>) {
    const fault order =
        s == plan::any_period ? sized("seasonal_order", {P, D, Q}) : sized("seasonal_order", {P, D, Q, s});
    if (P < 0 || D < 0 || Q < 0) {
        return say(order, ": P, D and Q must not be negative");
    }
    if (s < 2 && s != plan::any_period && (P + D + Q > 0 || s < 1)) {
        return say(order, ": the period s must be at least 2, but is ", s);
    }
    return P + Q > plan::most_lag_coefficients ? say(order, ": P + Q is ", P + Q, ", but a filter may have ",
                                                     plan::most_lag_coefficients, " coefficients")
                                               : fault{};
}

/// Lags that are seasonal ones, too, cannot be told apart. Of a period chosen at run time the runtime tells.
template <int p, int q, int P, int Q, int s>
constexpr fault fault_of_lags(std::string_view model) {
    return s == plan::any_period ? fault{}
           : P > 0 && p >= s     ? say(model, ": the autoregressive part has lags up to ", p, ", but lag ", s,
                                       " is the seasonal one: p must be below s")
           : Q > 0 && q >= s     ? say(model, ": the moving-average part has lags up to ", q, ", but lag ", s,
                                       " is the seasonal one: q must be below s")
                                 : fault{};
}

/// What differencing leaves of a trend.
template <int d, int D, plan::Trend kind>
constexpr fault fault_of_trend() {
    if ((kind == plan::Trend::c || kind == plan::Trend::ct) && d + D > 0) {
        return say("arima: differencing (d + D is ", d + D,
                   ") removes the constant of trend::", kind == plan::Trend::c ? "c" : "ct",
                   ": leave it out, or use trend::t for a drift, or trend::differenced_mean");
    }
    return kind == plan::Trend::t && d + D > 1
               ? say("arima: differencing (d + D is ", d + D, ") removes the linear trend of trend::t")
               : fault{};
}

template <class Order, class Seasonal, plan::Trend kind>
struct arima_arguments;
template <int p, int d, int q, int P, int D, int Q, int s, plan::Trend kind>
struct arima_arguments<order_type<p, d, q>, seasonal_order_type<P, D, Q, s>, kind> {
    static constexpr fault orders() {
        return first_of(fault_of_order(order_type<p, d, q>{}),
                        fault_of_season(seasonal_order_type<P, D, Q, s>{}));
    }
    static constexpr fault wrong() {
        return first_of(orders(), fault_of_lags<p, q, P, Q, s>("arima"), fault_of_trend<d, D, kind>());
    }
    static constexpr fault of_family() {
        const bool overlaps = s != plan::any_period && P + Q > 0 && (p >= s || q >= s);
        return first_of(orders(), overlaps ? say("arima_family: p is ", p, " and q is ", q,
                                                 ", but both must be below the period s, which is ", s)
                                           : fault{});
    }
};

/// Two seasons: both periods declared, no lag of one among the other's.
template <int P, int Q, int s, int s2>
constexpr fault fault_of_two_seasons() {
    return s == plan::any_period || s2 == plan::any_period
               ? fault("arima: a model with two seasons declares both periods")
           : s >= s2 ? say("arima: the shorter season comes first, but the periods are ", s, " and ", s2)
           : s2 % s == 0 && (P >= s2 / s || Q >= s2 / s)
               ? say("arima: the season of ", s, " has lags up to ", s * (P > Q ? P : Q), ", but lag ", s2,
                     " is one of the longer season")
               : fault{};
}

template <int p, int d, int q, int P, int D, int Q, int s, int P2, int D2, int Q2, int s2, plan::Trend kind>
struct arima_arguments<order_type<p, d, q>,
                       two_seasons<seasonal_order_type<P, D, Q, s>, seasonal_order_type<P2, D2, Q2, s2>>,
                       kind> {
    static constexpr fault wrong() {
        return first_of(fault_of_order(order_type<p, d, q>{}),
                        fault_of_season(seasonal_order_type<P, D, Q, s>{}),
                        fault_of_season(seasonal_order_type<P2, D2, Q2, s2>{}),
                        fault_of_two_seasons<P, Q, s, s2>(), fault_of_lags<p, q, P, Q, s>("arima"),
                        fault_of_lags<p, q, P2, Q2, s2>("arima"), fault_of_trend<d, D + D2, kind>());
    }
};

} // namespace detail

/// ARIMA(p,d,q) without and with seasonal part and trend.
template <int p, int d, int q, plan::Trend kind = plan::Trend::n>
constexpr auto arima(order_type<p, d, q>, trend_type<kind> = {}) {
    using model = arima_model<order_type<p, d, q>, no_season, kind>;
    if constexpr (refuse<detail::arima_arguments<order_type<p, d, q>, no_season, kind>::wrong>()) {
        return model{};
    } else {
        return refused{};
    }
}
template <int p, int d, int q, int P, int D, int Q, int s, plan::Trend kind = plan::Trend::n>
constexpr auto arima(order_type<p, d, q>, seasonal_order_type<P, D, Q, s>, trend_type<kind> = {}) {
    using season = seasonal_order_type<P, D, Q, s>;
    if constexpr (refuse<detail::arima_arguments<order_type<p, d, q>, season, kind>::wrong>()) {
        return arima_model<order_type<p, d, q>, season, kind>{};
    } else {
        return refused{};
    }
}

/// With two seasons, the shorter one first.
template <int p, int d, int q, int P, int D, int Q, int s, int P2, int D2, int Q2, int s2,
          plan::Trend kind = plan::Trend::n>
constexpr auto arima(order_type<p, d, q>, seasonal_order_type<P, D, Q, s>,
                     seasonal_order_type<P2, D2, Q2, s2>, trend_type<kind> = {}) {
    using seasons = two_seasons<seasonal_order_type<P, D, Q, s>, seasonal_order_type<P2, D2, Q2, s2>>;
    if constexpr (refuse<detail::arima_arguments<order_type<p, d, q>, seasons, kind>::wrong>()) {
        return arima_model<order_type<p, d, q>, seasons, kind>{};
    } else {
        return refused{};
    }
}

/// Special cases with the mean that they are usually fitted with: AR(p), MA(q), ARMA(p, q).
template <int p>
constexpr auto ar() {
    return arima(order<p, 0, 0>, trend::c);
}
template <int q>
constexpr auto ma() {
    return arima(order<0, 0, q>, trend::c);
}
template <int p, int q>
constexpr auto arma() {
    return arima(order<p, 0, q>, trend::c);
}

/// All orders up to the given ones, for order selection. The kernels are a few filters, each of which serves
/// many orders.
template <class Order, class Seasonal>
struct arima_family_type;

template <int p, int d, int q, int P, int D, int Q, int s>
struct arima_family_type<order_type<p, d, q>, seasonal_order_type<P, D, Q, s>> {
    static constexpr plan::ArimaOrders most{p, d, q, P, D, Q, s};
};
template <class Order, class Seasonal = no_season>
constexpr auto arima_family(Order, Seasonal = {}) {
    if constexpr (refuse<detail::arima_arguments<Order, Seasonal, plan::Trend::n>::of_family>()) {
        return arima_family_type<Order, Seasonal>{};
    } else {
        return refused{};
    }
}

/// What the kernels of a declaration are generated from.
struct arima_description {
    plan::ArimaOrders orders; ///< of a family: the largest
    plan::Trend trend = plan::Trend::n;
    bool family = false;
    std::vector<plan::LagFilter> filters; ///< in the order in which they are tried
};

template <class Order, class Seasonal, plan::Trend trend>
arima_description describe(const arima_model<Order, Seasonal, trend>& model) {
    return {model.orders, trend, false, {model.orders.filter()}};
}

/// Small orders, which most series get, have filters of their own: without season, then with short factors.
template <class Order, class Seasonal>
arima_description describe(const arima_family_type<Order, Seasonal>& family) {
    constexpr int small = 2;
    const plan::ArimaOrders& most = family.most;
    arima_description description{most, plan::Trend::n, true, {}};
    const auto add = [&](int terms, int seasonal_terms) {
        const plan::LagFilter f{std::min(terms, most.p), std::min(seasonal_terms, most.seasonal_p),
                                std::min(terms, most.q), std::min(seasonal_terms, most.seasonal_q),
                                most.seasonal_period};
        if (description.filters.empty() || !(description.filters.back() == f)) {
            description.filters.push_back(f);
        }
    };
    const int largest = std::max(most.p, most.q);
    add(small, 0);
    add(largest, 0);
    if (most.seasonal_p + most.seasonal_q > 0) {
        add(small, 1);
        add(largest, 1);
        add(largest, std::max(most.seasonal_p, most.seasonal_q));
    }
    return description;
}

} // namespace timeloom::declaration

/// The words of a declaration.
namespace timeloom::dsl {
using declaration::ar;
using declaration::arima;
using declaration::arima_family;
using declaration::arma;
using declaration::ma;
using declaration::order;
using declaration::seasonal_order;
namespace trend = declaration::trend;
} // namespace timeloom::dsl
