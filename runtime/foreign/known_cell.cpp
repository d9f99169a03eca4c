#include "timeloom/runtime/foreign/known_cell.hpp"

#include <algorithm>

namespace timeloom::detail {

namespace {

using plan::Operation;
using plan::Term;
using plan::TermKind;

/// Compares equations with those of dsl/cells/cells.hpp, from what a step makes of the states to the gates.
class CellReader {
  public:
    explicit CellReader(const plan::Equations& equations) : e_(equations) {}

    std::optional<KnownCell> read() {
        const std::size_t states = e_.next_states.size();
        if (states == 0 || e_.output != e_.next_states[0]) {
            return std::nullopt;
        }
        const bool is_known = states == 2 ? read_lstm() : states == 1 && (read_gru() || read_simple_rnn());
        cell_.is_masked = next(0) != e_.next_states[0];
        return is_known ? std::optional(cell_) : std::nullopt;
    }

  private:
    const Term& term(int number) const { return e_.terms[static_cast<std::size_t>(number)]; }
    bool is(int number, Operation operation) const { return term(number).is(operation); }
    bool is_state(int number, int state) const {
        return term(number).kind == TermKind::state && term(number).index == state;
    }
    bool is_input(int number) const { return term(number).kind == TermKind::input; }

    bool is_mask(int number) const { return term(number).kind == TermKind::step_mask; }

    /// What a step makes of a state, where it counts: of m · value + (1 − m) · state the value.
    int next(int state) const {
        const int made = e_.next_states[static_cast<std::size_t>(state)];
        if (is(made, Operation::add) && is(term(made).a, Operation::multiply)) {
            const Term counted = term(term(made).a);
            return is_mask(counted.a) ? counted.b : made;
        }
        return made;
    }

    /// What an activation is applied to.
    int inside(int number, Activation& activation) const {
        for (const Operation o :
             {Operation::tanh, Operation::sigmoid, Operation::relu, Operation::softplus}) {
            if (is(number, o)) {
                activation = o;
                return term(number).a;
            }
        }
        activation = std::nullopt;
        return number;
    }

    /// Adds what an affine of the input and of `operand` (−1: of the state) has to a gate.
    bool add_affine(int number, KnownGate& gate, int operand = -1) const {
        if (term(number).kind != TermKind::affine) {
            return false;
        }
        const plan::Affine& affine = e_.affines[static_cast<std::size_t>(term(number).index)];
        bool reads_input = false;
        for (const int m : affine.matrices) {
            const int read = e_.matrices[static_cast<std::size_t>(m)].operand;
            reads_input = reads_input || is_input(read);
            int& place = is_input(read) ? gate.kernel : gate.recurrent_kernel;
            const bool fits = is_input(read) || (operand < 0 ? is_state(read, 0) : read == operand);
            if (!fits || place >= 0) {
                return false;
            }
            place = m;
        }
        std::vector<int> vectors(affine.vectors.begin(), affine.vectors.end());
        std::ranges::sort(vectors); // the input's bias first
        if (vectors.size() > (reads_input && affine.matrices.size() == 2 ? 2u : 1u)) {
            return false;
        }
        for (std::size_t i = 0; i < vectors.size(); ++i) {
            (i == 0 && reads_input ? gate.bias : gate.recurrent_bias) = vectors[i];
        }
        return true;
    }

    /// A gate that multiplies: all of them have one activation.
    bool add_gate(std::string_view name, int number) {
        Activation activation;
        KnownGate gate{name};
        const bool fits = add_affine(inside(number, activation), gate);
        const bool is_first = !has_recurrent_activation_;
        if (!fits || (!is_first && activation != cell_.recurrent_activation)) {
            return false;
        }
        cell_.recurrent_activation = activation;
        has_recurrent_activation_ = true;
        return cell_.gates.push_back(gate), is_complete(gate);
    }

    static bool is_complete(const KnownGate& gate) { return gate.kernel >= 0 && gate.recurrent_kernel >= 0; }

    /// h = o ∘ act(c), c = f ∘ c + i ∘ g
    bool read_lstm() {
        cell_ = {.type = plan::CellType::lstm};
        const int h = next(0), c = next(1);
        if (!is(h, Operation::multiply) || !is(c, Operation::add)) {
            return false;
        }
        const Term kept = term(term(c).a), added = term(term(c).b);
        Activation of_state;
        if (inside(term(h).b, of_state) != c || !kept.is(Operation::multiply) ||
            !added.is(Operation::multiply) || !is_state(kept.b, 1)) {
            return false;
        }
        KnownGate candidate{"c"};
        const bool is_known = add_gate("i", added.a) && add_gate("f", kept.a) &&
                              add_affine(inside(added.b, cell_.activation), candidate) &&
                              is_complete(candidate) && of_state == cell_.activation;
        cell_.gates.push_back(candidate);
        return is_known && add_gate("o", term(h).a);
    }

    /// h = z ∘ h + (1 − z) ∘ candidate
    bool read_gru() {
        cell_ = {.type = plan::CellType::gru};
        const int h = next(0);
        if (!is(h, Operation::add) || !is(term(h).a, Operation::multiply) ||
            !is(term(h).b, Operation::multiply)) {
            return false;
        }
        const Term kept = term(term(h).a), added = term(term(h).b), rest = term(added.a);
        if (!is_state(kept.b, 0) || !rest.is(Operation::subtract) || rest.b != kept.a ||
            term(rest.a).kind != TermKind::constant || term(rest.a).constant != 1) {
            return false;
        }
        return add_gate("z", kept.a) && read_candidate(added.b);
    }

    bool read_candidate(int number) {
        KnownGate candidate{"h"};
        const int sum = inside(number, cell_.activation);
        int reset = -1;
        if (is(sum, Operation::add) && is(term(sum).b, Operation::multiply)) {
            const Term product = term(term(sum).b);
            if (!add_affine(term(sum).a, candidate) || !add_affine(product.b, candidate)) {
                return false;
            }
            reset = product.a;
        } else if (term(sum).kind == TermKind::affine) {
            cell_.resets_before = true;
            const int operand = computed_operand(sum);
            if (operand < 0 || !is_state(term(operand).b, 0) || !add_affine(sum, candidate, operand)) {
                return false;
            }
            reset = term(operand).a;
        }
        const bool is_known = reset >= 0 && is_complete(candidate) && add_gate("r", reset);
        cell_.gates.push_back(candidate);
        return is_known;
    }

    /// The product that a matrix of the affine multiplies; −1: there is none.
    int computed_operand(int affine) const {
        for (const int m : e_.affines[static_cast<std::size_t>(term(affine).index)].matrices) {
            const int operand = e_.matrices[static_cast<std::size_t>(m)].operand;
            if (is(operand, Operation::multiply)) {
                return operand;
            }
        }
        return -1;
    }

    /// h = act(x·W + h·U + b)
    bool read_simple_rnn() {
        cell_ = {.type = plan::CellType::simple_rnn};
        KnownGate gate{"h"};
        const bool fits = add_affine(inside(next(0), cell_.activation), gate);
        cell_.gates.push_back(gate);
        return fits && is_complete(gate);
    }

    const plan::Equations& e_;
    KnownCell cell_;
    bool has_recurrent_activation_ = false;
};

} // namespace

const KnownGate& KnownCell::gate(std::string_view name) const {
    return *std::ranges::find(gates, name, &KnownGate::name);
}

std::optional<KnownCell> known_cell(const plan::Equations& equations) { return CellReader(equations).read(); }

} // namespace timeloom::detail
