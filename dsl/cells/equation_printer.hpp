// Writes the values of a step graph as lines of equations.
#pragma once

#include "timeloom/dsl/cells/equation_names.hpp"

namespace timeloom::declaration {

using printed_graph = static_string<8192>;

namespace detail {

/// Writes one line for each named value that the results need, in the order of the nodes. Other values are
/// written into the equation that reads them.
class printer {
  public:
    constexpr explicit printer(const graph& g) : g_(g), forward_(g.nodes.size()), uses_(unused(g)) {}
    constexpr explicit printer(const differentiated_cell& cell)
        : g_(cell.step), forward_(cell.forward_nodes), cell_(&cell), uses_(unused(cell.step)) {}

    /// Announces that `node_id` is going to be read.
    constexpr void use(int node_id) {
        if (node_id >= 0 && uses_[node_id]++ == 0) {
            g_.for_each_operand(node_id, [&](int operand) { use(operand); });
        }
    }

    /// Names the values and prints their equations; call it after all uses are announced.
    constexpr void shared_lines() {
        name_values();
        for (int i = 0; i < g_.nodes.size(); ++i) {
            if (const std::string_view text = names_.of(i); !text.empty()) {
                line(text, i);
            }
        }
    }

    /// target = value, unless the value has that very name.
    constexpr void result_line(std::string_view target, int node_id) {
        if (names_.of(node_id) != target) {
            append(target, " = ");
            value(node_id, 0);
            append("\n");
        }
    }

    constexpr void gradient_line(std::string_view target, const operand_gradient& d) {
        append(target, " = ");
        if (d.pointwise >= 0) {
            value(d.pointwise, 0);
            append(d.products.matrices.empty() ? "" : " + ");
        }
        if (d.empty()) {
            append("0");
        }
        transposed(d.products);
        append("\n");
    }

    /// diff_W = Σ operandᵀ·gate, and without an operand diff_b = Σ gate; over all time steps and the batch.
    constexpr void parameter_line(std::string_view parameter, int operand, int gate) {
        append("diff_", parameter, " = Σ ");
        if (operand >= 0) {
            value(operand, 3);
            append("ᵀ·");
        }
        value(gate, operand >= 0 ? 3 : 2);
        append("\n");
    }

    constexpr printed_graph text() const { return text_; }

  private:
    using counts = static_vector<int, 320>;

    static constexpr counts unused(const graph& g) {
        counts nothing;
        for (int i = 0; i < g.nodes.size(); ++i) {
            nothing.push_back(0);
        }
        return nothing;
    }

    constexpr bool is_nameable(int i, node_kind kind) const {
        return uses_[i] > 0 && g_.nodes[i].kind == kind && names_.of(i).empty();
    }

    constexpr void name_values() {
        for (int i = 0; i < forward_; ++i) {
            if (is_nameable(i, node_kind::affine)) {
                names_.add(i, affine_name(g_, i));
            }
        }
        for (const state_entry& s : g_.states) {
            if (is_nameable(s.next, node_kind::operation)) {
                names_.add(s.next, prefixed("next_", s.label));
            }
        }
        if (is_nameable(g_.output, node_kind::operation)) {
            names_.add(g_.output, "output");
        }
        if (forward_ < g_.nodes.size()) {
            name_gates();
        }
        for (int i = 0; i < g_.nodes.size(); ++i) {
            if (uses_[i] < 2) {
                continue;
            }
            if (is_nameable(i, node_kind::operation)) {
                const std::string_view gate = i < forward_ ? activated_gate(g_, i) : std::string_view{};
                gate.empty() ? names_.add_numbered(i) : names_.add(i, prefixed("a_", gate));
            } else if (is_nameable(i, node_kind::transposed)) {
                names_.add_numbered(i);
            }
        }
    }

    /// The gradient of z_i is diff_z_i. A matrix that stands in several sums has the gradient of none of
    /// them.
    constexpr void name_gates() {
        for (int i = 0; i < forward_; ++i) {
            if (g_.nodes[i].kind != node_kind::affine) {
                continue;
            }
            const int first = g_.affine_of(i).matrices[0];
            const int gate = cell_->gates[cell_->gate_of_matrix[first]];
            if (readers(first) == 1 && is_nameable(gate, node_kind::operation)) {
                names_.add(gate, prefixed("diff_", affine_name(g_, i)));
            }
        }
    }

    /// How many sums the matrix stands in.
    constexpr int readers(int m) const {
        int count = 0;
        for (const affine_sum& sum : g_.affines) {
            count += sum.matrices.find(m) >= 0 ? 1 : 0;
        }
        return count;
    }

    constexpr void append(std::string_view a, std::string_view b = {}, std::string_view c = {}) {
        text_.append(a);
        text_.append(b);
        text_.append(c);
    }

    constexpr void line(std::string_view target, int node_id) {
        append(target, " = ");
        equation(node_id, 0);
        append("\n");
    }

    constexpr void value(int node_id, int outer_precedence) {
        const std::string_view text = names_.of(node_id);
        text.empty() ? equation(node_id, outer_precedence) : append(text);
    }

    constexpr void equation(int node_id, int outer_precedence) {
        const node& n = g_.nodes[node_id];
        switch (n.kind) {
        case node_kind::constant:
            return constant(n.constant);
        case node_kind::input:
            return append("x");
        case node_kind::state:
            return append(g_.states[n.index].label);
        case node_kind::vector:
            return append(vector_name(g_, n.index));
        case node_kind::affine:
            return affine(g_.affines[n.index]);
        case node_kind::diff_output:
            return append("diff_output");
        case node_kind::diff_state:
            return append("diff_next_", g_.states[n.index].label);
        case node_kind::transposed:
            append(outer_precedence > 1 ? "(" : "");
            transposed(g_.transposed[n.index]);
            return append(outer_precedence > 1 ? ")" : "");
        case node_kind::step_mask:
            return append("step_mask");
        case node_kind::recurrent_mask:
            return append("recurrent_mask");
        case node_kind::operation:
            return operation(node_id, outer_precedence);
        }
    }

    constexpr void operation(int node_id, int outer_precedence) {
        const node& n = g_.nodes[node_id];
        const std::string_view text = operation_name(g_, node_id);
        if (is_function(text)) {
            append(text, "(");
            value(n.a, 0);
            if (n.b >= 0) {
                append(", ");
                value(n.b, 0);
            }
            return append(")");
        }
        const int precedence = n.b < 0 ? 3 : text == "*" || text == "/" ? 2 : 1;
        append(precedence < outer_precedence ? "(" : "");
        if (n.b < 0) {
            append(text);
            value(n.a, precedence);
        } else {
            value(n.a, precedence);
            append(" ", text, " ");
            value(n.b, is_associative(text, n.b) ? precedence : precedence + 1);
        }
        append(precedence < outer_precedence ? ")" : "");
    }

    /// True if a + (b) and a * (b) may go without the brackets.
    constexpr bool is_associative(std::string_view text, int right) const {
        const bool product = g_.nodes[right].kind == node_kind::operation && operation_name(g_, right) == "*";
        return text == "+" || (text == "*" && product);
    }

    constexpr void affine(const affine_sum& sum) {
        const char* separator = "";
        for (const int m : sum.matrices) {
            append(separator);
            value(g_.matrices[m].operand, 3);
            append("·", matrix_name(g_, m));
            separator = " + ";
        }
        for (const int v : sum.biases) {
            append(separator, vector_name(g_, v));
            separator = " + ";
        }
    }

    constexpr void transposed(const transposed_sum& sum) {
        const char* separator = "";
        for (int m = 0; m < g_.matrices.size(); ++m) {
            if (sum.matrices.find(m) >= 0) {
                append(separator);
                value(cell_->gates[cell_->gate_of_matrix[m]], 3);
                append("·", matrix_name(g_, m), "ᵀ");
                separator = " + ";
            }
        }
    }

    /// Six decimals, without zeros at the end.
    constexpr void constant(double c) {
        append(c < 0 ? "-" : "");
        const auto millionths = static_cast<std::int64_t>((c < 0 ? -c : c) * 1e6 + 0.5);
        append(numbered("", static_cast<int>(millionths / 1000000)));
        label decimals = ".";
        for (std::int64_t rest = millionths % 1000000, unit = 100000; rest > 0; unit /= 10) {
            decimals = numbered(decimals, static_cast<int>(rest / unit));
            rest %= unit;
        }
        append(millionths % 1000000 == 0 ? std::string_view{} : decimals.view());
    }

    const graph& g_;
    int forward_;                               ///< number of nodes that are no gradients
    const differentiated_cell* cell_ = nullptr; ///< null for a cell without gradients
    counts uses_;
    equation_names names_;
    printed_graph text_;
};

} // namespace detail

} // namespace timeloom::declaration
