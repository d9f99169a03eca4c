// ARIMA models written as an equation in the lag operator B:
//     phi<1>(B) * (1 - B) * y == theta<1>(B) * theta<1>(pow<12>(B)) * e
#pragma once

#include "timeloom/dsl/base/compile_error.hpp"

#include "timeloom/dsl/arima/arima.hpp"
#include "timeloom/dsl/base/static_vector.hpp"

#include <algorithm>

namespace timeloom::declaration {

namespace lag_equation {

/// B^s, the value s observations earlier.
template <int s>
struct lag {};

/// Terms and differences of a product of polynomials in B^period.
struct season_orders {
    int p = 0, d = 0, q = 0;
    int period = 1;
};

/// The same in B and in at most two seasons, the shorter first.
struct product_orders {
    int p = 0, d = 0, q = 0;
    season_orders first{}, second{};

    constexpr int ar_terms() const { return p + first.p + second.p; }
    constexpr int differences() const { return d + first.d + second.d; }
    constexpr int ma_terms() const { return q + first.q + second.q; }
};

template <product_orders orders>
struct lag_polynomial {};
template <product_orders orders>
struct left_side {};
template <product_orders orders>
struct right_side {};

struct series {};
struct innovations {};

constexpr season_orders added(const season_orders& a, const season_orders& b) {
    return {a.p + b.p, a.d + b.d, a.q + b.q, a.period};
}

/// The season of this period among two products' seasons.
constexpr season_orders season_of(const product_orders& a, const product_orders& b, int period) {
    season_orders sum{0, 0, 0, period};
    for (const season_orders& season : {a.first, a.second, b.first, b.second}) {
        sum = season.period == period ? added(sum, season) : sum;
    }
    return sum;
}

/// Periods above 1 of two products, each once, ascending; one that is given at run time comes first.
constexpr static_vector<int, 4> periods_of(const product_orders& a, const product_orders& b) {
    static_vector<int, 4> periods;
    for (const int period : {a.first.period, a.second.period, b.first.period, b.second.period}) {
        if (period != 1 && periods.find(period) < 0) {
            periods.push_back(period);
        }
    }
    std::sort(periods.begin(), periods.end());
    return periods;
}

constexpr product_orders product_of(const product_orders& a, const product_orders& b) {
    const static_vector<int, 4> periods = periods_of(a, b);
    product_orders all{a.p + b.p, a.d + b.d, a.q + b.q};
    if (periods.size() > 0) {
        all.first = season_of(a, b, periods[0]);
    }
    if (periods.size() > 1) {
        all.second = season_of(a, b, periods[1]);
    }
    return all;
}

// ---- What is wrong with an equation ----

template <product_orders a, product_orders b>
constexpr fault fault_of_seasons() {
    constexpr static_vector<int, 4> periods = periods_of(a, b);
    if constexpr (periods.size() > 2) {
        return say("an equation may have two seasons, but the powers of B are ", periods[0], ", ", periods[1],
                   " and ", periods[2]);
    } else if constexpr (periods.size() == 2 && periods[0] == plan::any_period) {
        return say("an equation with two seasons declares both periods, but the powers of B are ", periods[1],
                   " and s, which is given at run time");
    } else {
        return fault{};
    }
}
template <product_orders a, product_orders b>
constexpr fault fault_of_product() {
    const auto twice = [](std::string_view polynomial, int terms, int others) {
        return terms > 0 && others > 0 ? say("two polynomials ", polynomial, ", of ", terms, " and of ",
                                             others, " terms, are multiplied: give one of them all the terms")
                                       : fault{};
    };
    const auto seasonal = [](const product_orders& orders, int period) {
        return season_of(orders, product_orders{}, period);
    };
    fault found =
        first_of(fault_of_seasons<a, b>(), twice("phi of B", a.p, b.p), twice("theta of B", a.q, b.q));
    for (const int period : periods_of(a, b)) {
        const season_orders left = seasonal(a, period), right = seasonal(b, period);
        found = first_of(found, twice("phi of the seasonal B", left.p, right.p),
                         twice("theta of the seasonal B", left.q, right.q));
    }
    return found;
}
template <product_orders o>
constexpr fault fault_of_left_side() {
    return o.ma_terms() == 0 ? fault{}
                             : say("theta<", o.ma_terms(),
                                   ">(...) stands on the left, before y: it belongs on the right, before e");
}
template <product_orders o>
constexpr fault fault_of_right_side() {
    return o.ar_terms() > 0 ? say("phi<", o.ar_terms(),
                                  ">(...) stands on the right, before e: it belongs on the left, before y")
           : o.differences() > 0
               ? fault("a difference stands on the right, before e: it belongs on the left, before y")
               : fault{};
}
template <class Model>
struct model_of;
template <class Order, class Seasonal, plan::Trend kind>
struct model_of<arima_model<Order, Seasonal, kind>> : detail::arima_arguments<Order, Seasonal, kind> {};
template <fixed_string Function, int terms>
constexpr fault fault_of_terms() {
    return terms >= 1 ? fault{} : say(Function.view(), "<", terms, ">: needs at least 1");
}

/// The model of a product of both sides.
template <product_orders o>
constexpr auto declared() {
    using order = order_type<o.p, o.d, o.q>;
    using first = seasonal_order_type<o.first.p, o.first.d, o.first.q, o.first.period>;
    using second = seasonal_order_type<o.second.p, o.second.d, o.second.q, o.second.period>;
    if constexpr (o.second.period == 1) {
        return arima_model<order, first, plan::Trend::n>{};
    } else {
        return arima_model<order, two_seasons<first, second>, plan::Trend::n>{};
    }
}

template <product_orders a, product_orders b>
constexpr auto operator*(lag_polynomial<a>, lag_polynomial<b>) {
    if constexpr (refuse<fault_of_product<a, b>>()) {
        return lag_polynomial<product_of(a, b)>{};
    } else {
        return refused{};
    }
}

/// 1 - B^s: a difference.
template <int s>
constexpr auto operator-(int one, lag<s>) {
    if (one != 1) {
        static_cast<void>(not_meant<sentence<"a difference is 1 - B or 1 - pow<s>(B)">>{});
    }
    if constexpr (s == 1) {
        return lag_polynomial<product_orders{.d = 1}>{};
    } else {
        return lag_polynomial<product_orders{.first = {0, 1, 0, s}}>{};
    }
}

template <product_orders o>
constexpr auto operator*(lag_polynomial<o>, series) {
    if constexpr (refuse<fault_of_left_side<o>>()) {
        return left_side<o>{};
    } else {
        return refused{};
    }
}
template <product_orders o>
constexpr auto operator*(lag_polynomial<o>, innovations) {
    if constexpr (refuse<fault_of_right_side<o>>()) {
        return right_side<o>{};
    } else {
        return refused{};
    }
}

template <product_orders l, product_orders r>
constexpr auto operator==(left_side<l>, right_side<r>) {
    if constexpr (!refuse<fault_of_seasons<l, r>>()) {
        return refused{};
    } else {
        using model = decltype(declared<product_of(l, r)>());
        if constexpr (!refuse<model_of<model>::wrong>()) {
            return refused{};
        } else {
            return model{};
        }
    }
}
template <product_orders l>
constexpr auto operator==(left_side<l> left, innovations) {
    return left == right_side<product_orders{}>{};
}
template <product_orders r>
constexpr auto operator==(series, right_side<r> right) {
    return left_side<product_orders{}>{} == right;
}

inline constexpr lag<1> B;
inline constexpr lag<plan::any_period> Bs; ///< B^s with a period s that the program gives at run time
inline constexpr series y;
inline constexpr innovations e;

template <int s>
constexpr auto pow(lag<1>) {
    if constexpr (refuse<fault_of_terms<"pow", s>>()) {
        return lag<s>{};
    } else {
        return refused{};
    }
}

/// 1 - φ₁B - … - φ_pB^p, in B^s: 1 - Φ₁B^s - …
template <int p, int s>
constexpr auto phi(lag<s>) {
    if constexpr (refuse<fault_of_terms<"phi", p>>()) {
        if constexpr (s == 1) {
            return lag_polynomial<product_orders{.p = p}>{};
        } else {
            return lag_polynomial<product_orders{.first = {p, 0, 0, s}}>{};
        }
    } else {
        return refused{};
    }
}
/// 1 + θ₁B + … + θ_qB^q, in B^s: 1 + Θ₁B^s + …
template <int q, int s>
constexpr auto theta(lag<s>) {
    if constexpr (refuse<fault_of_terms<"theta", q>>()) {
        if constexpr (s == 1) {
            return lag_polynomial<product_orders{.q = q}>{};
        } else {
            return lag_polynomial<product_orders{.first = {0, 0, q, s}}>{};
        }
    } else {
        return refused{};
    }
}

// What goes on with a part of an equation that is refused.
template <int>
constexpr refused phi(refused) {
    return {};
}
template <int>
constexpr refused theta(refused) {
    return {};
}
constexpr refused operator-(int, refused) { return {}; }
template <class Any>
constexpr refused operator*(refused, const Any&) {
    return {};
}
template <class Any>
requires(!is_refused<Any>) constexpr refused operator*(const Any&, refused) { return {}; }
constexpr refused operator==(refused, innovations) { return {}; }
template <product_orders r>
constexpr refused operator==(refused, right_side<r>) {
    return {};
}
constexpr refused operator==(series, refused) { return {}; }
template <product_orders l>
constexpr refused operator==(left_side<l>, refused) {
    return {};
}

} // namespace lag_equation

/// The model of an equation, with a trend.
template <class Order, class Seasonal, plan::Trend kind>
constexpr auto arima(arima_model<Order, Seasonal, plan::Trend::n>, trend_type<kind>) {
    if constexpr (refuse<detail::arima_arguments<Order, Seasonal, kind>::wrong>()) {
        return arima_model<Order, Seasonal, kind>{};
    } else {
        return refused{};
    }
}

} // namespace timeloom::declaration

namespace timeloom::dsl {
namespace lag_equation = declaration::lag_equation;
} // namespace timeloom::dsl
