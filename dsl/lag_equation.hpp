// ARIMA models written as an equation in the lag operator B:
//     phi<1>(B) * (1 - B) * y == theta<1>(B) * theta<1>(pow<12>(B)) * e
#pragma once

#include "timeloom/dsl/arima.hpp"

namespace timeloom::dsl {

namespace lag_equation {

/// B^s, the value s observations earlier.
template <int s>
struct lag {
    static_assert(s >= 1, "pow<s>(B): the lag must be at least 1");
};

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
constexpr int common_season() {
    static_assert(a == 1 || b == 1 || a == b, "an equation may have one season: the powers of B differ");
    return a > b ? a : b;
}

template <int p, int d, int q, int P, int D, int Q, int s, int p2, int d2, int q2, int P2, int D2, int Q2,
          int s2>
constexpr auto operator*(lag_polynomial<p, d, q, P, D, Q, s>, lag_polynomial<p2, d2, q2, P2, D2, Q2, s2>) {
    static_assert((p == 0 || p2 == 0) && (P == 0 || P2 == 0) && (q == 0 || q2 == 0) && (Q == 0 || Q2 == 0),
                  "two polynomials of the same kind and lag: give one of them all the terms");
    return lag_polynomial<p + p2, d + d2, q + q2, P + P2, D + D2, Q + Q2, common_season<s, s2>()>{};
}

/// 1 - B^s: a difference.
template <int s>
constexpr auto operator-(int one, lag<s>) {
    if (one != 1) {
        throw "a difference is 1 - B or 1 - pow<s>(B)";
    }
    return lag_polynomial<0, s == 1, 0, 0, s != 1, 0, s>{};
}

template <int p, int d, int q, int P, int D, int Q, int s>
constexpr auto operator*(lag_polynomial<p, d, q, P, D, Q, s>, series) {
    static_assert(q == 0 && Q == 0, "theta(B) belongs on the right, before e");
    return left_side<p, d, q, P, D, Q, s>{};
}
template <int p, int d, int q, int P, int D, int Q, int s>
constexpr auto operator*(lag_polynomial<p, d, q, P, D, Q, s>, innovations) {
    static_assert(p == 0 && P == 0 && d == 0 && D == 0,
                  "phi(B) and differences belong on the left, before y");
    return right_side<q, Q, s>{};
}

template <int p, int d, int P, int D, int s, int q, int Q, int s2>
constexpr auto operator==(left_side<p, d, 0, P, D, 0, s>, right_side<q, Q, s2>) {
    constexpr int season = common_season<s, s2>();
    return arima_model<order_type<p, d, q>, seasonal_order_type<P, D, Q, season>, trend_kind::n>{};
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
inline constexpr series y;
inline constexpr innovations e;

template <int s>
constexpr lag<s> pow(lag<1>) {
    return {};
}

/// 1 - φ₁B - … - φ_pB^p, in B^s: 1 - Φ₁B^s - …
template <int p, int s>
constexpr auto phi(lag<s>) {
    static_assert(p >= 1, "phi<p>(B) needs at least one term");
    return lag_polynomial < s == 1 ? p : 0, 0, 0, s == 1 ? 0 : p, 0, 0, s > {};
}
/// 1 + θ₁B + … + θ_qB^q, in B^s: 1 + Θ₁B^s + …
template <int q, int s>
constexpr auto theta(lag<s>) {
    static_assert(q >= 1, "theta<q>(B) needs at least one term");
    return lag_polynomial < 0, 0, s == 1 ? q : 0, 0, 0, s == 1 ? 0 : q, s > {};
}

} // namespace lag_equation

/// The model of an equation, with a trend.
template <class Order, class Seasonal, trend_kind kind>
constexpr auto arima(arima_model<Order, Seasonal, trend_kind::n>, trend_type<kind>) {
    return arima_model<Order, Seasonal, kind>{};
}

} // namespace timeloom::dsl
