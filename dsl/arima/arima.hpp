// ARIMA models as constexpr values: arima(order<0, 1, 1>, seasonal_order<0, 1, 1, 12>, trend::n).
#pragma once

#include "timeloom/dsl/arima/lag_filter.hpp"
#include "timeloom/dsl/base/compile_error.hpp"

#include <algorithm>
#include <vector>

namespace timeloom::dsl {

/// The numbers of an ARIMA(p,d,q)(P,D,Q)s, and of a second season.
struct arima_orders {
    int p = 0, d = 0, q = 0;
    int seasonal_p = 0, seasonal_d = 0, seasonal_q = 0;
    int seasonal_period = 1;
    int second_p = 0, second_d = 0, second_q = 0;
    int second_period = 1;

    bool operator==(const arima_orders&) const = default;
    constexpr lag_filter filter() const {
        return {p, seasonal_p, q, seasonal_q, seasonal_period, second_p, second_q, second_period};
    }
    constexpr int differences() const { return d + seasonal_d + second_d; }
    /// Observations that differencing costs.
    constexpr int lost() const { return d + seasonal_period * seasonal_d + second_period * second_d; }
};

/// statsmodels' trends, a polynomial in time (1, 2, …) added to the series: none, constant, linear, both. And
/// `differenced_mean`: a constant that is the mean of the differenced series.
enum class trend_kind : std::uint8_t { n, c, t, ct, differenced_mean };

template <trend_kind kind>
struct trend_type {};

namespace trend {
inline constexpr trend_type<trend_kind::n> n;
inline constexpr trend_type<trend_kind::c> c;
inline constexpr trend_type<trend_kind::t> t;
inline constexpr trend_type<trend_kind::ct> ct;
inline constexpr trend_type<trend_kind::differenced_mean> differenced_mean;
} // namespace trend

/// The most coefficients that a lag filter may have.
inline constexpr int most_lag_coefficients = 40;

template <int p, int d, int q>
struct order_type {};
/// p autoregressive terms, d differences, q moving-average terms.
template <int p, int d, int q>
inline constexpr order_type<p, d, q> order{};

template <int P, int D, int Q, int s>
struct seasonal_order_type {};
/// The same in steps of a season of s observations; without s the program gives it at run time.
template <int P, int D, int Q, int s = any_period>
inline constexpr seasonal_order_type<P, D, Q, s> seasonal_order{};
using no_season = seasonal_order_type<0, 0, 0, 1>;
template <class Shorter, class Longer>
struct two_seasons {};

template <class Order, class Seasonal, trend_kind trend>
struct arima_model;

template <int p, int d, int q, int P, int D, int Q, int s, trend_kind Trend>
struct arima_model<order_type<p, d, q>, seasonal_order_type<P, D, Q, s>, Trend> {
    static constexpr arima_orders orders{p, d, q, P, D, Q, s};
    static constexpr trend_kind trend = Trend;
};

template <int p, int d, int q, int P, int D, int Q, int s, int P2, int D2, int Q2, int s2, trend_kind Trend>
struct arima_model<order_type<p, d, q>,
                   two_seasons<seasonal_order_type<P, D, Q, s>, seasonal_order_type<P2, D2, Q2, s2>>, Trend> {
    static constexpr arima_orders orders{p, d, q, P, D, Q, s, P2, D2, Q2, s2};
    static constexpr trend_kind trend = Trend;
};

namespace detail {

template <int p, int d, int q>
constexpr fault fault_of_order(order_type<p, d, q>) {
    const fault order = sized("order", {p, d, q});
    return p < 0 || d < 0 || q < 0         ? say(order, ": p, d and q must not be negative")
           : p + q > most_lag_coefficients ? say(order, ": p + q is ", p + q, ", but a filter may have ",
                                                 most_lag_coefficients, " coefficients")
                                           : fault{};
}

template <int P, int D, int Q, int s>
constexpr fault fault_of_season(seasonal_order_type<P, D, Q, s>) {
    const fault order =
        s == any_period ? sized("seasonal_order", {P, D, Q}) : sized("seasonal_order", {P, D, Q, s});
    if (P < 0 || D < 0 || Q < 0) {
        return say(order, ": P, D and Q must not be negative");
    }
    if (s < 2 && s != any_period && (P + D + Q > 0 || s < 1)) {
        return say(order, ": the period s must be at least 2, but is ", s);
    }
    return P + Q > most_lag_coefficients ? say(order, ": P + Q is ", P + Q, ", but a filter may have ",
                                               most_lag_coefficients, " coefficients")
                                         : fault{};
}

/// Lags that are seasonal ones, too, cannot be told apart. Of a period chosen at run time the runtime tells.
template <int p, int q, int P, int Q, int s>
constexpr fault fault_of_lags(std::string_view model) {
    return s == any_period   ? fault{}
           : P > 0 && p >= s ? say(model, ": the autoregressive part has lags up to ", p, ", but lag ", s,
                                   " is the seasonal one: p must be below s")
           : Q > 0 && q >= s ? say(model, ": the moving-average part has lags up to ", q, ", but lag ", s,
                                   " is the seasonal one: q must be below s")
                             : fault{};
}

/// What differencing leaves of a trend.
template <int d, int D, trend_kind kind>
constexpr fault fault_of_trend() {
    if ((kind == trend_kind::c || kind == trend_kind::ct) && d + D > 0) {
        return say("arima: differencing (d + D is ", d + D,
                   ") removes the constant of trend::", kind == trend_kind::c ? "c" : "ct",
                   ": leave it out, or use trend::t for a drift, or trend::differenced_mean");
    }
    return kind == trend_kind::t && d + D > 1
               ? say("arima: differencing (d + D is ", d + D, ") removes the linear trend of trend::t")
               : fault{};
}

template <class Order, class Seasonal, trend_kind kind>
struct arima_arguments;
template <int p, int d, int q, int P, int D, int Q, int s, trend_kind kind>
struct arima_arguments<order_type<p, d, q>, seasonal_order_type<P, D, Q, s>, kind> {
    static constexpr fault orders() {
        return first_of(fault_of_order(order_type<p, d, q>{}),
                        fault_of_season(seasonal_order_type<P, D, Q, s>{}));
    }
    static constexpr fault wrong() {
        return first_of(orders(), fault_of_lags<p, q, P, Q, s>("arima"), fault_of_trend<d, D, kind>());
    }
    static constexpr fault of_family() {
        const bool overlaps = s != any_period && P + Q > 0 && (p >= s || q >= s);
        return first_of(orders(), overlaps ? say("arima_family: p is ", p, " and q is ", q,
                                                 ", but both must be below the period s, which is ", s)
                                           : fault{});
    }
};

/// Two seasons: both periods declared, no lag of one among the other's.
template <int P, int Q, int s, int s2>
constexpr fault fault_of_two_seasons() {
    return s == any_period || s2 == any_period
               ? fault("arima: a model with two seasons declares both periods")
           : s >= s2 ? say("arima: the shorter season comes first, but the periods are ", s, " and ", s2)
           : s2 % s == 0 && (P >= s2 / s || Q >= s2 / s)
               ? say("arima: the season of ", s, " has lags up to ", s * (P > Q ? P : Q), ", but lag ", s2,
                     " is one of the longer season")
               : fault{};
}

template <int p, int d, int q, int P, int D, int Q, int s, int P2, int D2, int Q2, int s2, trend_kind kind>
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
template <int p, int d, int q, trend_kind kind = trend_kind::n>
constexpr auto arima(order_type<p, d, q>, trend_type<kind> = {}) {
    using model = arima_model<order_type<p, d, q>, no_season, kind>;
    if constexpr (refuse<detail::arima_arguments<order_type<p, d, q>, no_season, kind>::wrong>()) {
        return model{};
    } else {
        return refused{};
    }
}
template <int p, int d, int q, int P, int D, int Q, int s, trend_kind kind = trend_kind::n>
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
          trend_kind kind = trend_kind::n>
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
    static constexpr arima_orders most{p, d, q, P, D, Q, s};
};
template <class Order, class Seasonal = no_season>
constexpr auto arima_family(Order, Seasonal = {}) {
    if constexpr (refuse<detail::arima_arguments<Order, Seasonal, trend_kind::n>::of_family>()) {
        return arima_family_type<Order, Seasonal>{};
    } else {
        return refused{};
    }
}

/// What the kernels of a declaration are generated from.
struct arima_description {
    arima_orders orders; ///< of a family: the largest
    trend_kind trend = trend_kind::n;
    bool family = false;
    std::vector<lag_filter> filters; ///< in the order in which they are tried
};

template <class Order, class Seasonal, trend_kind trend>
arima_description describe(const arima_model<Order, Seasonal, trend>& model) {
    return {model.orders, trend, false, {model.orders.filter()}};
}

/// Small orders, which most series get, have filters of their own: without season, then with short factors.
template <class Order, class Seasonal>
arima_description describe(const arima_family_type<Order, Seasonal>& family) {
    constexpr int small = 2;
    const arima_orders& most = family.most;
    arima_description description{most, trend_kind::n, true, {}};
    const auto add = [&](int terms, int seasonal_terms) {
        const lag_filter f{std::min(terms, most.p), std::min(seasonal_terms, most.seasonal_p),
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

} // namespace timeloom::dsl
