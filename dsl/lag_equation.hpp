// ARIMA models written as an equation in the lag operator B:
//     phi<1>(B) * (1 - B) * y == theta<1>(B) * theta<1>(pow<12>(B)) * e
#pragma once

#include "timeloom/dsl/compile_error.hpp"

#include "timeloom/dsl/arima.hpp"

namespace timeloom::dsl {

namespace lag_equation {

/// B^s, the value s observations earlier.
template <int s>
struct lag {};

/// Product of polynomials in B and in B^s: their numbers of terms, and of differences.
template <int p, int d, int q, int P, int D, int Q, int s>
struct lag_polynomial {};

template <int p, int d, int q, int P, int D, int Q, int s>
struct left_side {};
template <int q, int Q, int s>
struct right_side {};

struct series {};
struct innovations {};

/// The season of a product: at most one lag above 1 may occur.
template <int a, int b>
inline constexpr int common_season = a == 1 ? b : a;

// ---- What is wrong with an equation ----

template <int a, int b>
constexpr fault fault_of_seasons() {
    return a == 1 || b == 1 || a == b ? fault{}
           : a == any_period || b == any_period
               ? say("an equation may have one season, but the powers of B are ", a == any_period ? b : a,
                     " and s, which is given at run time")
               : say("an equation may have one season, but the powers of B are ", a, " and ", b);
}
template <int p, int q, int P, int Q, int p2, int q2, int P2, int Q2, int s, int s2>
constexpr fault fault_of_product() {
    const auto twice = [](std::string_view polynomial, int a, int b) {
        return a > 0 && b > 0 ? say("two polynomials ", polynomial, ", of ", a, " and of ", b,
                                    " terms, are multiplied: give one of them all the terms")
                              : fault{};
    };
    return first_of(twice("phi of B", p, p2), twice("theta of B", q, q2),
                    twice("phi of the seasonal B", P, P2), twice("theta of the seasonal B", Q, Q2),
                    fault_of_seasons<s, s2>());
}
template <int q, int Q>
constexpr fault fault_of_left_side() {
    return q + Q == 0 ? fault{}
                      : say("theta<", q + Q,
                            ">(...) stands on the left, before y: it belongs on the right, before e");
}
template <int p, int d, int P, int D>
constexpr fault fault_of_right_side() {
    return p + P > 0
               ? say("phi<", p + P, ">(...) stands on the right, before e: it belongs on the left, before y")
           : d + D > 0 ? fault("a difference stands on the right, before e: it belongs on the left, before y")
                       : fault{};
}
template <class Model>
struct model_of;
template <class Order, class Seasonal, trend_kind kind>
struct model_of<arima_model<Order, Seasonal, kind>> : dsl::detail::arima_arguments<Order, Seasonal, kind> {};
template <fixed_string Function, int terms>
constexpr fault fault_of_terms() {
    return terms >= 1 ? fault{} : say(Function.view(), "<", terms, ">: needs at least 1");
}

template <int p, int d, int q, int P, int D, int Q, int s, int p2, int d2, int q2, int P2, int D2, int Q2,
          int s2>
constexpr auto operator*(lag_polynomial<p, d, q, P, D, Q, s>, lag_polynomial<p2, d2, q2, P2, D2, Q2, s2>) {
    if constexpr (refuse<fault_of_product<p, q, P, Q, p2, q2, P2, Q2, s, s2>>()) {
        return lag_polynomial<p + p2, d + d2, q + q2, P + P2, D + D2, Q + Q2, common_season<s, s2>>{};
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
    return lag_polynomial<0, s == 1, 0, 0, s != 1, 0, s>{};
}

template <int p, int d, int q, int P, int D, int Q, int s>
constexpr auto operator*(lag_polynomial<p, d, q, P, D, Q, s>, series) {
    if constexpr (refuse<fault_of_left_side<q, Q>>()) {
        return left_side<p, d, q, P, D, Q, s>{};
    } else {
        return refused{};
    }
}
template <int p, int d, int q, int P, int D, int Q, int s>
constexpr auto operator*(lag_polynomial<p, d, q, P, D, Q, s>, innovations) {
    if constexpr (refuse<fault_of_right_side<p, d, P, D>>()) {
        return right_side<q, Q, s>{};
    } else {
        return refused{};
    }
}

template <int p, int d, int P, int D, int s, int q, int Q, int s2>
constexpr auto operator==(left_side<p, d, 0, P, D, 0, s>, right_side<q, Q, s2>) {
    using model =
        arima_model<order_type<p, d, q>, seasonal_order_type<P, D, Q, common_season<s, s2>>, trend_kind::n>;
    if constexpr (!refuse<fault_of_seasons<s, s2>>()) {
        return refused{};
    } else if constexpr (!refuse<model_of<model>::wrong>()) {
        return refused{};
    } else {
        return model{};
    }
}
template <int p, int d, int P, int D, int s>
constexpr auto operator==(left_side<p, d, 0, P, D, 0, s> left, innovations) {
    return left == right_side<0, 0, 1>{};
}
template <int q, int Q, int s>
constexpr auto operator==(series, right_side<q, Q, s> right) {
    return left_side<0, 0, 0, 0, 0, 0, 1>{} == right;
}

inline constexpr lag<1> B;
inline constexpr lag<any_period> Bs; ///< B^s with a period s that the program gives at run time
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
        return lag_polynomial < s == 1 ? p : 0, 0, 0, s == 1 ? 0 : p, 0, 0, s > {};
    } else {
        return refused{};
    }
}
/// 1 + θ₁B + … + θ_qB^q, in B^s: 1 + Θ₁B^s + …
template <int q, int s>
constexpr auto theta(lag<s>) {
    if constexpr (refuse<fault_of_terms<"theta", q>>()) {
        return lag_polynomial < 0, 0, s == 1 ? q : 0, 0, 0, s == 1 ? 0 : q, s > {};
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
template <int q, int Q, int s>
constexpr refused operator==(refused, right_side<q, Q, s>) {
    return {};
}
constexpr refused operator==(series, refused) { return {}; }
template <int p, int d, int P, int D, int s>
constexpr refused operator==(left_side<p, d, 0, P, D, 0, s>, refused) {
    return {};
}

} // namespace lag_equation

/// The model of an equation, with a trend.
template <class Order, class Seasonal, trend_kind kind>
constexpr auto arima(arima_model<Order, Seasonal, trend_kind::n>, trend_type<kind>) {
    if constexpr (refuse<detail::arima_arguments<Order, Seasonal, kind>::wrong>()) {
        return arima_model<Order, Seasonal, kind>{};
    } else {
        return refused{};
    }
}

} // namespace timeloom::dsl
