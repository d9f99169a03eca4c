// Names of the values in a step graph, as printed equations show them.
#pragma once

#include "timeloom/dsl/cells/derive.hpp"

namespace timeloom::declaration::detail {

using label = static_string<64>;

constexpr label numbered(std::string_view base, int number) {
    label result = base;
    if (number >= 10) {
        result = numbered(base, number / 10);
    }
    const char digit = static_cast<char>('0' + number % 10);
    result.append({&digit, 1});
    return result;
}

constexpr label prefixed(std::string_view a, std::string_view b) {
    label result = a;
    result.append(b);
    return result;
}

constexpr std::string_view operation_name(const graph& g, int node_id) {
    std::string_view found;
    visit_operation(g.nodes[node_id].index, [&](auto op) { found = op.name; });
    return found;
}

/// Names are functions (`tanh`) or signs (`*`).
constexpr bool is_function(std::string_view operation) { return operation[0] >= 'a' && operation[0] <= 'z'; }

/// The values that equations show by name: what each matrix product gives, the states after the step, and all
/// that is read more than once.
class equation_names {
  public:
    constexpr void add(int node_id, std::string_view wanted) {
        label unique = wanted;
        for (int n = 2; is_taken(unique); ++n) {
            unique = numbered(prefixed(wanted, "_"), n);
        }
        entries_.push_back({node_id, unique});
    }

    /// Empty where the value has no name.
    constexpr std::string_view of(int node_id) const {
        for (const entry& e : entries_) {
            if (e.node_id == node_id) {
                return e.text;
            }
        }
        return {};
    }

    /// v1, v2, …
    constexpr void add_numbered(int node_id) { add(node_id, numbered("v", ++count_)); }

  private:
    struct entry {
        int node_id = -1;
        label text;
    };

    constexpr bool is_taken(const label& text) const {
        for (const entry& e : entries_) {
            if (e.text == text) {
                return true;
            }
        }
        return false;
    }

    static_vector<entry, 160> entries_;
    int count_ = 0;
};

/// W_i multiplies the input, U_i a state or a computed value; a second matrix of that name is U_i_2.
constexpr label matrix_name(const graph& g, int m) {
    const auto reads_input = [&](int i) { return g.nodes[g.matrices[i].operand].kind == node_kind::input; };
    const label base = prefixed(reads_input(m) ? "W_" : "U_", g.matrices[m].gate);
    int number = 1;
    for (int i = 0; i < m; ++i) {
        number += reads_input(i) == reads_input(m) && g.matrices[i].gate == g.matrices[m].gate ? 1 : 0;
    }
    return number == 1 ? base : numbered(prefixed(base, "_"), number);
}

constexpr label vector_name(const graph& g, int v) {
    using role = vector_parameter::role;
    const vector_parameter& p = g.vectors[v];
    return prefixed(p.kind == role::bias             ? "b_"
                    : p.kind == role::recurrent_bias ? "b_recurrent_"
                                                     : "",
                    p.gate);
}

/// z_i is what the products of gate i give; u_h, what the recurrent one alone gives.
constexpr label affine_name(const graph& g, int node_id) {
    const affine_sum& sum = g.affine_of(node_id);
    bool reads_input = false;
    for (const int m : sum.matrices) {
        reads_input = reads_input || g.nodes[g.matrices[m].operand].kind == node_kind::input;
    }
    return prefixed(reads_input ? "z_" : "u_", g.matrices[sum.matrices[0]].gate);
}

/// The first sum of products among the summands of `node_id`, or -1.
constexpr int find_affine(const graph& g, int node_id) {
    const node& n = g.nodes[node_id];
    if (n.kind == node_kind::affine) {
        return node_id;
    }
    if (n.kind != node_kind::operation || n.b < 0) {
        return -1;
    }
    const std::string_view operation = operation_name(g, node_id);
    if (operation != "+" && operation != "-") {
        return -1;
    }
    const int first = find_affine(g, n.a);
    return first >= 0 ? first : find_affine(g, n.b);
}

/// The gate that `node_id` is the activation of, such as i of sigmoid(z_i + p_i * c); empty for another
/// value.
constexpr std::string_view activated_gate(const graph& g, int node_id) {
    const node& n = g.nodes[node_id];
    if (n.kind != node_kind::operation || n.b >= 0 || !is_function(operation_name(g, node_id))) {
        return {};
    }
    const int sum = find_affine(g, n.a);
    return sum < 0 ? std::string_view{} : g.matrices[g.affine_of(sum).matrices[0]].gate.view();
}

} // namespace timeloom::declaration::detail
