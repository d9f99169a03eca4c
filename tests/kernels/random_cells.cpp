#include "random_cells.hpp"

#include "timeloom/dsl/cells/cell.hpp"

#include <string>

namespace timeloom::tests {

namespace {

using namespace timeloom::declaration;

class CellBuilder {
  public:
    CellBuilder(const std::vector<int>& choices, bool pointwise_input) : choices_(choices), x_(g_) {
        g_.label = "random";
        declare_states();
        pool_ = states_;
        if (pointwise_input) {
            pool_.push_back(x_);
        }
        if (choose(2) == 1) {
            pool_.push_back(weights<"p">(g_));
        }
    }

    graph build() {
        const int gates = 1 + choose(3);
        for (int i = 0; i < gates; ++i) {
            add_to_pool(first_stage_gate());
        }
        const int further_stages = choose(3);
        for (int i = 0; i < further_stages; ++i) {
            add_to_pool(later_stage_gate());
        }
        step_result result;
        for (const expr& s : states_) {
            result.states.push_back({s, next_state(s)});
        }
        result.output = choose(4) == 3 ? expression(1) : result.states[0].value;
        declaration::detail::finish(g_, result);
        return declaration::detail::with_ordered_gates(g_, declaration::gates<>);
    }

  private:
    /// A number below `count`.
    int choose(int count) { return position_ < choices_.size() ? choices_[position_++] % count : 0; }

    expr pick(const std::vector<expr>& from) {
        return from[static_cast<std::size_t>(choose(static_cast<int>(from.size())))];
    }

    void declare_states() {
        const int count = 1 + choose(3);
        states_.push_back(state<"s">(g_));
        if (count > 1) {
            states_.push_back(state<"t">(g_));
        }
        if (count > 2) {
            states_.push_back(state<"u">(g_));
        }
    }

    expr named_affine(std::initializer_list<expr> operands) {
        const std::string gate = "g" + std::to_string(gates_++);
        if (choose(4) == 3) {
            return {g_, g_.add_affine(declaration::detail::products(g_, gate, operands))};
        }
        return declaration::detail::affine_with_bias(gate, operands, 0.0);
    }

    expr first_stage_gate() {
        switch (choose(4)) {
        case 0:
            return named_affine({x_, states_[0]});
        case 1:
            return named_affine({x_, pick(states_)});
        case 2:
            return named_affine({pick(states_)});
        default:
            return named_affine({x_}) + named_affine({pick(states_)});
        }
    }

    /// A product of something computed in this step.
    expr later_stage_gate() {
        expr operand = expression(1);
        const node_kind kind = g_.nodes[operand.id].kind;
        if (kind != node_kind::operation && kind != node_kind::affine) {
            operand = tanh(pool_.back()) * operand;
        }
        return choose(2) == 0 ? named_affine({x_, operand}) : named_affine({operand});
    }

    void add_to_pool(const expr& gate) {
        switch (choose(4)) {
        case 0:
            return pool_.push_back(sigmoid(gate));
        case 1:
            return pool_.push_back(tanh(gate));
        case 2:
            return pool_.push_back(0.5 * relu(gate));
        default:
            return pool_.push_back(gate);
        }
    }

    /// Bounded, so that no state grows over time.
    expr next_state(const expr& previous) {
        switch (choose(6)) {
        case 0:
            return tanh(expression(2));
        case 1: {
            const expr z = sigmoid(expression(1));
            return z * previous + (1 - z) * tanh(expression(2));
        }
        case 2: {
            const expr e = expression(2);
            return e / (1 + abs(e));
        }
        case 3:
            return min(max(expression(2), -1), 1);
        case 4:
            return pick(states_); // a delay
        default:
            return 0.5 * previous + 0.5 * sigmoid(expression(1));
        }
    }

    expr expression(int depth) {
        if (depth == 0) {
            return pool_[pool_.size() - 1 - static_cast<std::size_t>(choose(static_cast<int>(pool_.size())))];
        }
        const int operation = choose(20);
        const expr a = expression(depth - 1);
        switch (operation) {
        case 0:
            return a;
        case 1:
            return a * expression(depth - 1);
        case 2:
            return a + expression(depth - 1);
        case 3:
            return a - expression(depth - 1);
        case 4:
            return min(a, expression(depth - 1));
        case 5:
            return max(a, expression(depth - 1));
        case 6:
            return a / (1.5 + abs(expression(depth - 1)));
        case 7:
            return greater(a, expression(depth - 1)) * a;
        default:
            return function(operation, a);
        }
    }

    static expr function(int operation, const expr& a) {
        switch (operation) {
        case 8:
            return -a;
        case 9:
            return abs(a);
        case 10:
            return relu(a);
        case 11:
            return sigmoid(a);
        case 12:
            return tanh(a);
        case 13:
            return softplus(a);
        case 14:
            return exp(-abs(a));
        case 15:
            return log(1 + abs(a));
        case 16:
            return sqrt(1 + a * a);
        case 17:
            return a / (1 + exp(tanh(a)));
        case 18:
            return 1 - a;
        default:
            return a * a + 0.5 * a;
        }
    }

    const std::vector<int>& choices_;
    std::size_t position_ = 0;
    int gates_ = 0;
    graph g_;
    inputs x_;
    std::vector<expr> states_, pool_;
};

} // namespace

declaration::graph random_cell(const std::vector<int>& choices, bool pointwise_input) {
    return CellBuilder(choices, pointwise_input).build();
}

} // namespace timeloom::tests
