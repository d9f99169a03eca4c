// The table of operations: name, arity, value, derivative. Everything that knows an operation reads it from
// here.
//
// `value` serves every number type: double in tests, Halide::Expr in generated kernels (argument-dependent
// lookup finds Halide's functions). `derivative` gets the operands and the result y and returns
// dy/d(operand). `cheap` operations are computed again in the backward pass rather than stored for it.
// `is_fraction`: `value` is a quotient p / q with |p| <= 1 <= q, so that one division may serve two
// of them that are multiplied.
#pragma once

#include "timeloom/dsl/cells/apply.hpp"

#include <boost/hana.hpp>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace timeloom::declaration {

namespace hana = boost::hana;

/// The table itself; a node of kind `operation` holds a row's number. It stands before its entries, because
/// each of them is numbered by it.
inline constexpr auto operations =
    hana::tuple_t<struct negate_op, struct add_op, struct subtract_op, struct multiply_op, struct divide_op,
                  struct greater_op, struct min_op, struct max_op, struct abs_op, struct exp_op,
                  struct log_op, struct sqrt_op, struct relu_op, struct sigmoid_op, struct tanh_op,
                  struct softplus_op>;

template <class Op>
constexpr int row_of() {
    constexpr auto others = hana::take_while(operations, hana::not_equal.to(hana::type_c<Op>));
    static_assert(hana::size(others) < hana::size(operations),
                  "this operation is missing in the table of operations");
    return static_cast<int>(hana::size(others));
}

/// x where `e` is -x.
constexpr std::optional<expr> negated(const expr& e) {
    if (e.owner == nullptr) {
        return std::nullopt;
    }
    const node& n = e.owner->nodes[e.id];
    if (n.kind != node_kind::operation || n.index != row_of<negate_op>()) {
        return std::nullopt;
    }
    return expr{*e.owner, n.a};
}

/// Functions of plain numbers that `value` may call.
namespace scalar {
using std::abs;
using std::exp;
using std::log;
using std::max;
using std::min;
using std::sqrt;
constexpr double select(bool condition, double yes, double no) { return condition ? yes : no; }
} // namespace scalar

template <bool Cheap>
struct unary {
    static constexpr int arity = 1;
    static constexpr bool cheap = Cheap;
};

template <bool Cheap>
struct binary {
    static constexpr int arity = 2;
    static constexpr bool cheap = Cheap;
};

struct negate_op : unary<true> {
    static constexpr std::string_view name = "-";
    static auto value(auto x) { return -x; }
    static constexpr expr derivative(expr, expr) { return -1; }
    static constexpr std::optional<expr> simplify(expr x) {
        return x.owner == nullptr ? std::optional(expr(-x.number)) : negated(x);
    }
};
constexpr expr operator-(const expr& x) { return apply<negate_op>(x); }
constexpr expr operator-(const expr& a, const expr& b);

struct add_op : binary<true> {
    static constexpr std::string_view name = "+";
    static auto value(auto a, auto b) { return a + b; }
    static constexpr partials derivative(expr, expr, expr) { return {1, 1}; }
    static constexpr std::optional<expr> simplify(expr a, expr b) {
        if (is_number(a, 0) || is_number(b, 0)) {
            return is_number(a, 0) ? b : a;
        }
        if (const std::optional<expr> subtrahend = negated(b)) {
            return a - *subtrahend;
        }
        return merge_affine(a, b);
    }
};
constexpr expr operator+(const expr& a, const expr& b) { return apply<add_op>(a, b); }

struct subtract_op : binary<true> {
    static constexpr std::string_view name = "-";
    static auto value(auto a, auto b) { return a - b; }
    static constexpr partials derivative(expr, expr, expr) { return {1, -1}; }
    static constexpr std::optional<expr> simplify(expr a, expr b) {
        if (is_number(a, 0) || is_number(b, 0)) {
            return is_number(b, 0) ? a : -b;
        }
        const std::optional<expr> summand = negated(b);
        return summand ? std::optional(a + *summand) : std::nullopt;
    }
};
constexpr expr operator-(const expr& a, const expr& b) { return apply<subtract_op>(a, b); }

struct multiply_op : binary<true> {
    static constexpr std::string_view name = "*";
    static auto value(auto a, auto b) { return a * b; }
    static constexpr partials derivative(expr a, expr b, expr) { return {b, a}; }
    static constexpr std::optional<expr> simplify(expr a, expr b) {
        if (is_number(a, 0) || is_number(b, 0)) {
            return expr(0);
        }
        return is_number(a, 1)    ? std::optional(b)
               : is_number(b, 1)  ? std::optional(a)
               : is_number(a, -1) ? std::optional(-b)
               : is_number(b, -1) ? std::optional(-a)
                                  : std::nullopt;
    }
};
constexpr expr operator*(const expr& a, const expr& b) { return apply<multiply_op>(a, b); }

struct divide_op : binary<false> {
    static constexpr std::string_view name = "/";
    static auto value(auto a, auto b) { return a / b; }
    static constexpr partials derivative(expr a, expr b, expr y);
};
constexpr expr operator/(const expr& a, const expr& b) { return apply<divide_op>(a, b); }
constexpr partials divide_op::derivative(expr, expr b, expr y) { return {1 / b, -(y / b)}; }

/// 1 where a > b, else 0. Its derivative is 0.
struct greater_op : binary<true> {
    static constexpr std::string_view name = "greater";
    static auto value(auto a, auto b) {
        using namespace scalar;
        return select(a > b, decltype(a)(1.0f), decltype(a)(0.0f));
    }
    static constexpr partials derivative(expr, expr, expr) { return {0, 0}; }
};
constexpr expr greater(const expr& a, const expr& b) { return apply<greater_op>(a, b); }

/// Where the operands are equal the first one counts, as in Keras.
struct min_op : binary<true> {
    static constexpr std::string_view name = "min";
    static auto value(auto a, auto b) {
        using namespace scalar;
        return min(a, b);
    }
    static constexpr partials derivative(expr a, expr b, expr) { return {1 - greater(a, b), greater(a, b)}; }
};
constexpr expr min(const expr& a, const expr& b) { return apply<min_op>(a, b); }

/// Where the operands are equal the first one counts, as in Keras.
struct max_op : binary<true> {
    static constexpr std::string_view name = "max";
    static auto value(auto a, auto b) {
        using namespace scalar;
        return max(a, b);
    }
    static constexpr partials derivative(expr a, expr b, expr) { return {1 - greater(b, a), greater(b, a)}; }
};
constexpr expr max(const expr& a, const expr& b) { return apply<max_op>(a, b); }

/// The derivative at 0 is 0.
struct abs_op : unary<true> {
    static constexpr std::string_view name = "abs";
    static auto value(auto x) {
        using namespace scalar;
        return abs(x);
    }
    static constexpr expr derivative(expr x, expr) {
        const expr is_positive = greater(x, 0);
        return is_positive - greater(0, x);
    }
};
constexpr expr abs(const expr& x) { return apply<abs_op>(x); }

struct exp_op : unary<false> {
    static constexpr std::string_view name = "exp";
    static auto value(auto x) {
        using namespace scalar;
        return exp(x);
    }
    static constexpr expr derivative(expr, expr y) { return y; }
};
constexpr expr exp(const expr& x) { return apply<exp_op>(x); }

struct log_op : unary<false> {
    static constexpr std::string_view name = "log";
    static auto value(auto x) {
        using namespace scalar;
        return log(x);
    }
    static constexpr expr derivative(expr x, expr) { return 1 / x; }
};
constexpr expr log(const expr& x) { return apply<log_op>(x); }

struct sqrt_op : unary<false> {
    static constexpr std::string_view name = "sqrt";
    static auto value(auto x) {
        using namespace scalar;
        return sqrt(x);
    }
    static constexpr expr derivative(expr, expr y) { return 0.5 / y; }
};
constexpr expr sqrt(const expr& x) { return apply<sqrt_op>(x); }

/// max(x, 0). The derivative at 0 is 0.
struct relu_op : unary<true> {
    static constexpr std::string_view name = "relu";
    static auto value(auto x) {
        using namespace scalar;
        return max(x, decltype(x)(0.0f));
    }
    static constexpr expr derivative(expr, expr y) { return greater(y, 0); }
};
constexpr expr relu(const expr& x) { return apply<relu_op>(x); }

/// 1 / (1 + exp(-x)). In kernels the absolute error is below 1e-7.
struct sigmoid_op : unary<false> {
    static constexpr std::string_view name = "sigmoid";
    static constexpr bool is_fraction = true;
    static auto value(auto x) {
        using namespace scalar;
        return 1.0f / (1.0f + exp(-x));
    }
    static constexpr expr derivative(expr, expr y) { return y * (1 - y); }
};
constexpr expr sigmoid(const expr& x) { return apply<sigmoid_op>(x); }

/// sign(x) (1 - e) / (1 + e) with e = exp(-2|x|): it vectorises and cannot overflow. In kernels the absolute
/// error is below 1.5e-7.
struct tanh_op : unary<false> {
    static constexpr std::string_view name = "tanh";
    static constexpr bool is_fraction = true;
    static auto value(auto x) {
        using namespace scalar;
        const auto e = exp(-2.0f * abs(x));
        return select(x < 0.0f, e - 1.0f, 1.0f - e) / (1.0f + e);
    }
    static constexpr expr derivative(expr, expr y) { return 1 - y * y; }
};
constexpr expr tanh(const expr& x) { return apply<tanh_op>(x); }

/// log(1 + exp(x)), computed as max(x, 0) + log(1 + exp(-|x|)).
struct softplus_op : unary<false> {
    static constexpr std::string_view name = "softplus";
    static auto value(auto x) {
        using namespace scalar;
        return max(x, decltype(x)(0.0f)) + log(1.0f + exp(-abs(x)));
    }
    static constexpr expr derivative(expr x, expr) { return sigmoid(x); }
};
constexpr expr softplus(const expr& x) { return apply<softplus_op>(x); }

/// Calls f(row) with the operation in row `number`, as an object of its type.
template <class F>
constexpr void visit_operation(int number, F&& f) {
    int row = 0;
    hana::for_each(operations, [&](auto type) {
        if (row++ == number) {
            f(typename decltype(type)::type{});
        }
    });
}

/// What can be written where a layer takes an activation.
using activation_function = expr (*)(const expr&);
constexpr expr linear(const expr& x) { return x; }

} // namespace timeloom::declaration
