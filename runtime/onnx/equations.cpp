// A cell's equations as ONNX's operators.
#include "timeloom/runtime/onnx/cell_graphs.hpp"

#include <array>

namespace timeloom::onnx {

using namespace detail;

namespace {

using plan::Operation;
using plan::Term;
using plan::TermKind;

constexpr std::array<const char*, 16> operators{"Neg",  "Add",     "Sub",  "Mul",     "Div", "Greater",
                                                "Min",  "Max",     "Abs",  "Exp",     "Log", "Sqrt",
                                                "Relu", "Sigmoid", "Tanh", "Softplus"};

/// Adds the nodes of a step to a graph, each when it is first asked for.
class Step {
  public:
    Step(Graph& graph, const plan::Equations& equations, std::span<const float> parameters, std::string input,
         Names states, std::string mask)
        : graph_(graph), equations_(equations), parameters_(parameters), input_(std::move(input)),
          states_(std::move(states)), mask_(std::move(mask)), values_(equations.terms.size()) {}

    const std::string& value(int number) {
        std::string& known = values_[static_cast<std::size_t>(number)];
        return known.empty() ? known = made(term(number)) : known;
    }

    /// A value that has the batch's rows, also where the equations need none.
    std::string result(int number) {
        const std::string made = value(number);
        return has_rows(number) ? graph_.add("Identity", {made})
                                : graph_.add("Expand", {made, graph_.add("Shape", {states_[0]})});
    }

  private:
    const Term& term(int number) const { return equations_.terms[static_cast<std::size_t>(number)]; }

    bool has_rows(int number) const {
        const Term& t = term(number);
        return t.kind == TermKind::input || t.kind == TermKind::state || t.kind == TermKind::affine ||
               (t.kind == TermKind::operation && (has_rows(t.a) || (t.b >= 0 && has_rows(t.b))));
    }

    std::string made(const Term& t) {
        switch (t.kind) {
        case TermKind::constant:
            return graph_.constant(static_cast<float>(t.constant));
        case TermKind::input:
            return input_;
        case TermKind::state:
            return states_[static_cast<std::size_t>(t.index)];
        case TermKind::vector:
            return vector(t.index);
        case TermKind::affine:
            return affine(equations_.affines[static_cast<std::size_t>(t.index)]);
        case TermKind::step_mask:
            return mask_;
        case TermKind::operation:
            break;
        }
        Names operands{value(t.a)};
        if (t.b >= 0) {
            operands.push_back(value(t.b));
        }
        const std::string made = graph_.add(operators[static_cast<std::size_t>(t.index)], operands);
        return t.is(Operation::greater) ? graph_.add("Cast", {made}, {{"to", std::int64_t{1}}}) : made;
    }

    std::string vector(int number) {
        const plan::PackedMatrix& v = equations_.vectors[static_cast<std::size_t>(number)].values;
        return graph_.constant(values_of(v, parameters_), {v.units});
    }

    std::string affine(const plan::Affine& sum) {
        std::string total;
        const auto add = [&](const std::string& summand) {
            total = total.empty() ? summand : graph_.add("Add", {total, summand});
        };
        for (const int number : sum.matrices) {
            const plan::CellMatrix& matrix = equations_.matrices[static_cast<std::size_t>(number)];
            const std::string operand = value(matrix.operand);
            add(graph_.add("MatMul", {operand, graph_.constant(values_of(matrix.values, parameters_),
                                                               {matrix.values.rows, matrix.values.units})}));
        }
        for (const int number : sum.vectors) {
            add(vector(number));
        }
        return total;
    }

    Graph& graph_;
    const plan::Equations& equations_;
    std::span<const float> parameters_;
    std::string input_;
    Names states_;
    std::string mask_;
    Names values_; ///< by term; "": not made yet
};

} // namespace

std::string add_equations(Graph& graph, const plan::Equations& equations, std::span<const float> parameters,
                          const std::string& input) {
    return Step(graph, equations, parameters, input, {}, "").value(equations.output);
}

Value add_scan(Graph& graph, const plan::Layer& layer, const plan::Equations& equations,
               std::span<const float> parameters, const Value& input, const Names& initial) {
    Graph body(graph);
    Names states, inputs = initial;
    const Numbers rows_of_units{-1, layer.units};
    for (const plan::State& state : layer.cell.states) {
        states.push_back(std::string(layer.name) + "/" + std::string(state.name));
        body.add_input(states.back(), Element::real, rows_of_units);
        if (initial.empty()) {
            inputs.push_back(filled(graph, input.name, {layer.units}, 0));
        }
    }
    const std::string x = std::string(layer.name) + "/x", mask = std::string(layer.name) + "/counts";
    body.add_input(x, Element::real, {-1, input.width});
    inputs.push_back(input.name);
    const bool is_masked = layer.cell.has_step_mask;
    if (is_masked) {
        body.add_input(mask, Element::real, {-1, 1});
        inputs.push_back(unsqueezed(graph, input.mask, 2));
    }

    Step step(body, equations, parameters, x, states, mask);
    for (const int next : equations.next_states) {
        body.add_output(step.result(next), rows_of_units);
    }
    body.add_output(step.result(equations.output), rows_of_units);

    const std::int64_t scanned = is_masked ? 2 : 1;
    const Names outputs = graph.add("Scan", inputs, states.size() + 1,
                                    {{"body", &body},
                                     {"num_scan_inputs", scanned},
                                     {"scan_input_axes", Numbers(static_cast<std::size_t>(scanned), 1)},
                                     {"scan_output_axes", Numbers{1}}});
    Value result{.is_sequence = layer.return_sequences,
                 .timesteps = layer.output_timesteps(),
                 .width = layer.units,
                 .final_states = {outputs.begin(), outputs.end() - 1}};
    result.name = layer.return_sequences
                      ? outputs.back()
                      : graph.add("Gather", {outputs.back(), graph.scalar(-1)}, {{"axis", std::int64_t{1}}});
    return result;
}

Value add_cell(Graph& graph, const plan::Layer& layer, const plan::Equations& equations,
               std::span<const float> parameters, const Value& input, const Names& initial) {
    Value result;
    if (layer.cell.states.empty()) {
        result = input;
        result.name = add_equations(graph, equations, parameters, input.name);
        result.width = layer.units;
        return result;
    }
    const std::optional<KnownCell> known = known_cell(equations);
    result = known && has_operator(*known)
                 ? add_operator(graph, layer, *known, equations, parameters, input, initial)
                 : add_scan(graph, layer, equations, parameters, input, initial);
    result.mask = layer.return_sequences ? input.mask : "";
    return result;
}

} // namespace timeloom::onnx
