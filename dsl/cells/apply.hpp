// How a row of the table of operations becomes a node of a cell's graph.
#pragma once

#include "timeloom/dsl/cells/expr.hpp"

#include <optional>

namespace timeloom::declaration {

/// Row number of `Op` in the table of operations.
template <class Op>
constexpr int row_of();

/// Derivatives of a binary operation with respect to its operands.
struct partials {
    expr a;
    expr b;
};

constexpr bool is_number(const expr& e, double value) {
    return e.owner == nullptr ? e.number == value : e.owner->is_constant(e.id, value);
}

constexpr graph& graph_of(const expr& a, const expr& b) {
    graph* const g = a.owner != nullptr ? a.owner : b.owner;
    if (g == nullptr) {
        detail::throw_fault("an operation of nothing but numbers: one of its operands is the input, a "
                            "state, weights or a computed value");
    }
    return *g;
}

template <class Op>
constexpr expr apply(const expr& x) {
    if (x.is_refused) {
        return x;
    }
    if constexpr (requires { Op::simplify(x); }) {
        if (const std::optional<expr> simple = Op::simplify(x)) {
            return *simple;
        }
    }
    graph& g = graph_of(x, x);
    const node n{.kind = node_kind::operation,
                 .index = static_cast<std::int16_t>(row_of<Op>()),
                 .a = static_cast<std::int16_t>(x.id)};
    return {g, g.add(n)};
}

template <class Op>
constexpr expr apply(const expr& a, const expr& b) {
    if (a.is_refused || b.is_refused) {
        return a.is_refused ? a : b;
    }
    if constexpr (requires { Op::simplify(a, b); }) {
        if (const std::optional<expr> simple = Op::simplify(a, b)) {
            return *simple;
        }
    }
    graph& g = graph_of(a, b);
    const node n{.kind = node_kind::operation,
                 .index = static_cast<std::int16_t>(row_of<Op>()),
                 .a = static_cast<std::int16_t>(a.in(g)),
                 .b = static_cast<std::int16_t>(b.in(g))};
    return {g, g.add(n)};
}

/// Two sums of products become one, so that a kernel accumulates them together; nothing when either is
/// something else.
constexpr std::optional<expr> merge_affine(const expr& a, const expr& b) {
    const auto is_affine = [](const expr& e) {
        return e.owner != nullptr && e.owner->nodes[e.id].kind == node_kind::affine;
    };
    if (!is_affine(a) || !is_affine(b)) {
        return std::nullopt;
    }
    graph& g = *a.owner;
    affine_sum sum = g.affine_of(a.id);
    const affine_sum other = g.affine_of(b.id);
    for (const int m : other.matrices) {
        if (sum.matrices.find(m) >= 0) {
            return std::nullopt; // the same product twice: left as a pointwise sum
        }
        sum.matrices.push_back(m);
    }
    for (const int v : other.biases) {
        sum.biases.push_back(v);
    }
    return expr{g, g.add_affine(sum)};
}

} // namespace timeloom::declaration
