// A graph as readable equations.
#pragma once

#include "timeloom/dsl/derive.hpp"

namespace timeloom::dsl {

using printed_graph = static_string<8192>;

namespace detail {

/// Writes the nodes that `results` need, one equation a line. Values used once are written into the equation
/// that uses them.
class printer {
  public:
    constexpr explicit printer(const graph& g) : g_(g) {
        for (int i = 0; i < g.nodes.size(); ++i) {
            uses_.push_back(0);
        }
    }

    /// Announces that `node` will be printed: counts who reads what.
    constexpr void use(int node) {
        if (uses_[node]++ == 0) {
            g_.for_each_operand(node, [&](int operand) { use(operand); });
        }
    }

    constexpr void line(std::string_view label, int node) {
        shared(node, true);
        text_.append(label);
        text_.append(" = ");
        value(node, 0, true);
        text_.append("\n");
    }

    constexpr void line(std::string_view label, const operand_gradient& d) {
        if (d.pointwise >= 0) {
            shared(d.pointwise, true);
        }
        text_.append(label);
        text_.append(" = ");
        if (d.pointwise >= 0) {
            value(d.pointwise, 0, true);
            text_.append(d.products.matrices.empty() ? "" : " + ");
        }
        transposed(d.products);
        text_.append("\n");
    }

    constexpr printed_graph text() const { return text_; }

  private:
    static constexpr int infix_precedence(std::string_view name) {
        return name == "*" || name == "/" ? 2 : 1;
    }

    constexpr bool has_own_line(int node) const {
        const node_kind kind = g_.nodes[node].kind;
        return kind == node_kind::affine ||
               (uses_[node] > 1 && (kind == node_kind::operation || kind == node_kind::transposed));
    }

    /// Prints the lines of shared values that `node` needs and that are not printed yet.
    constexpr void shared(int node, bool is_line) {
        if (printed_.find(node) >= 0) {
            return;
        }
        g_.for_each_operand(node, [&](int operand) { shared(operand, false); });
        if (!is_line && has_own_line(node)) {
            printed_.push_back(node);
            value(node, 0, false);
            text_.append(" = ");
            value(node, 0, true);
            text_.append("\n");
        }
    }

    constexpr void number(int n) {
        if (n >= 10) {
            number(n / 10);
        }
        const char digit = static_cast<char>('0' + n % 10);
        text_.append(std::string_view(&digit, 1));
    }

    constexpr void constant(double c) {
        if (c < 0) {
            text_.append("-");
            c = -c;
        }
        const auto whole = static_cast<int>(c);
        number(whole);
        double rest = c - whole;
        if (rest > 5e-7) {
            text_.append(".");
            for (int i = 0; i < 6 && rest > 5e-7; ++i) {
                rest *= 10;
                const auto digit = static_cast<int>(rest + (i == 5 ? 0.5 : 1e-9));
                number(digit);
                rest -= digit;
            }
        }
    }

    constexpr void affine(const affine_sum& sum) {
        const char* separator = "";
        for (const int m : sum.matrices) {
            text_.append(separator);
            value(g_.matrices[m].operand, 3, false);
            text_.append("·W_");
            matrix_name(m);
            separator = " + ";
        }
        for (const int v : sum.biases) {
            text_.append(separator);
            vector_name(v);
            separator = " + ";
        }
    }

    constexpr void transposed(const transposed_sum& sum) {
        const char* separator = "";
        for (const int m : sum.matrices) {
            text_.append(separator);
            text_.append("d(W_");
            matrix_name(m);
            text_.append(")·W_");
            matrix_name(m);
            text_.append("ᵀ");
            separator = " + ";
        }
    }

    constexpr void matrix_name(int m) {
        text_.append(g_.matrices[m].gate);
        const node& operand = g_.nodes[g_.matrices[m].operand];
        if (operand.kind == node_kind::input) {
            text_.append("x");
        } else if (operand.kind == node_kind::state) {
            text_.append(g_.states[operand.index].label);
        }
    }

    constexpr void vector_name(int v) {
        using role = vector_parameter::role;
        const vector_parameter& p = g_.vectors[v];
        text_.append(p.kind == role::bias ? "b_" : p.kind == role::recurrent_bias ? "b_recurrent_" : "");
        text_.append(p.gate);
    }

    constexpr void value(int id, int outer_precedence, bool expand) {
        const node& n = g_.nodes[id];
        if (!expand && has_own_line(id)) {
            text_.append("v");
            number(id);
            return;
        }
        switch (n.kind) {
        case node_kind::constant:
            return constant(n.constant);
        case node_kind::input:
            return text_.append("x");
        case node_kind::state:
            return text_.append(g_.states[n.index].label);
        case node_kind::vector:
            return vector_name(n.index);
        case node_kind::affine:
            return affine(g_.affines[n.index]);
        case node_kind::diff_output:
            return text_.append("d(output)");
        case node_kind::diff_state:
            text_.append("d(next ");
            text_.append(g_.states[n.index].label);
            return text_.append(")");
        case node_kind::transposed:
            return transposed(g_.transposed[n.index]);
        case node_kind::operation:
            return operation(n, outer_precedence);
        }
    }

    constexpr void operation(const node& n, int outer_precedence) {
        visit_operation(n.index, [&](auto op) {
            const bool is_infix = op.name == "+" || op.name == "-" || op.name == "*" || op.name == "/";
            if (!is_infix) {
                text_.append(op.name);
                text_.append("(");
                value(n.a, 0, false);
                if (n.b >= 0) {
                    text_.append(", ");
                    value(n.b, 0, false);
                }
                return text_.append(")");
            }
            const int precedence = n.b < 0 ? 3 : infix_precedence(op.name);
            const bool brackets = precedence < outer_precedence;
            text_.append(brackets ? "(" : "");
            if (n.b >= 0) {
                value(n.a, precedence, false);
                text_.append(" ");
                text_.append(op.name);
                text_.append(" ");
                value(n.b, precedence + 1, false);
            } else {
                text_.append(op.name);
                value(n.a, precedence, false);
            }
            text_.append(brackets ? ")" : "");
        });
    }

    const graph& g_;
    static_vector<int, 320> uses_;
    static_vector<int, 320> printed_;
    printed_graph text_;
};

} // namespace detail

/// The equations of a cell, one a line.
constexpr printed_graph print(const graph& cell) {
    detail::printer p(cell);
    for (const state_entry& s : cell.states) {
        p.use(s.next);
    }
    p.use(cell.output);
    for (const state_entry& s : cell.states) {
        name label = "next ";
        label.append(s.label);
        p.line(label, s.next);
    }
    if (!cell.is_next_state(cell.output)) {
        p.line("output", cell.output);
    }
    return p.text();
}

/// The derived backward step: the gradient behind every matrix and vector, of the previous states and of the
/// input. Forward values appear under the names that print() gives them.
constexpr printed_graph print(const differentiated_cell& cell) {
    detail::printer p(cell.step);
    for (const int gate : cell.gates) {
        p.use(gate);
    }
    for (const operand_gradient& d : cell.diff_state) {
        if (d.pointwise >= 0) {
            p.use(d.pointwise);
        }
    }
    for (int g = 0; g < cell.gates.size(); ++g) {
        name label = "gate ";
        const char digits[2] = {static_cast<char>('0' + g / 10), static_cast<char>('0' + g % 10)};
        label.append(g < 10 ? std::string_view(digits + 1, 1) : std::string_view(digits, 2));
        p.line(label, cell.gates[g]);
    }
    for (int s = 0; s < cell.diff_state.size(); ++s) {
        name label = "d(";
        label.append(cell.step.states[s].label);
        label.append(")");
        p.line(label, cell.diff_state[s]);
    }
    return p.text();
}

} // namespace timeloom::dsl
