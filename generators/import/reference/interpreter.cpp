#include "timeloom/generators/import/reference/interpreter.hpp"

#include "timeloom/generators/import/description/activations.hpp"
#include "timeloom/generators/import/description/shapes.hpp"
#include "timeloom/generators/import/reference/step_functions.hpp"
#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <vector>

namespace timeloom::importing {

namespace {

using States = std::vector<std::vector<double>>;

Sequence last_step(const Sequence& in) {
    return {in.features, {in.at(in.steps() - 1), in.at(in.steps() - 1) + in.features}, {1}};
}

class Interpreter {
  public:
    Interpreter(const Description& description, const std::map<std::string, Sequence>& inputs)
        : description_(description), values_(inputs) {}

    Sequence run() {
        for (const Layer& layer : description_.layers)
            if (layer.kind != Kind::input)
                values_[layer.name] = value_of(layer);
        return values_.at(description_.layers.back().name);
    }

  private:
    const Sequence& read(const Layer& layer, std::size_t i = 0) const {
        return values_.at(layer.reads.at(i));
    }

    Sequence value_of(const Layer& layer) {
        if (layer.is_cell() || layer.kind == Kind::stacked_cells)
            return of_cells(layer);
        if (layer.kind == Kind::bidirectional)
            return of_directions(layer);
        if (layer.kind == Kind::return_state)
            return of_state(layer);
        if (layer.reads.size() > 1)
            return join(layer, [&] {
                std::vector<Sequence> parts;
                for (std::size_t i = 0; i < layer.reads.size(); ++i)
                    parts.push_back(read(layer, i));
                return parts;
            }());
        return apply(layer, read(layer));
    }

    States start_of(const Layer& layer) const {
        if (layer.starts.empty())
            return {};
        if (const auto whole = states_.find(layer.starts[0]);
            layer.starts.size() == 1 && whole != states_.end())
            return whole->second;
        States start;
        for (const std::string& name : layer.starts)
            start.push_back(values_.at(name).values);
        return start;
    }

    Sequence of_cells(const Layer& layer) {
        Sequence out = layer.go_backwards ? reversed(read(layer)) : read(layer);
        const States start = start_of(layer);
        if (layer.is_cell()) {
            CellRun run = run_cell(layer, out, start);
            out = std::move(run.outputs);
            states_[layer.name] = std::move(run.states);
        }
        for (const Layer& cell : layer.inner)
            out = run_cell(cell, out, {}).outputs;
        return layer.return_sequences ? out : last_step(out);
    }

    Sequence of_directions(const Layer& layer) {
        const Sequence& in = read(layer);
        States start = start_of(layer), backward_start;
        const std::size_t half = start.size() / 2;
        backward_start.assign(start.begin() + static_cast<std::ptrdiff_t>(half), start.end());
        start.resize(half);
        CellRun forward = run_cell(layer.inner.at(0), in, start);
        CellRun backward = run_cell(layer.inner.at(1), reversed(in), backward_start);
        States& states = states_[layer.name];
        states = forward.states;
        states.insert(states.end(), backward.states.begin(), backward.states.end());
        if (!layer.return_sequences)
            return merge(layer.merge, last_step(forward.outputs), last_step(backward.outputs));
        Sequence out = merge(layer.merge, forward.outputs, reversed(backward.outputs));
        for (std::size_t t = 0; t < out.steps(); ++t)
            if (!out.counts[t])
                std::fill_n(out.values.begin() + static_cast<std::ptrdiff_t>(t * out.features), out.features,
                            0.0);
        return out;
    }

    Sequence of_state(const Layer& layer) const {
        const Layer& source = *find_layer(description_, layer.reads.at(0));
        const std::vector<std::string> names = state_names(source);
        const auto which = std::ranges::find(names, layer.state) - names.begin();
        const std::vector<double>& state = states_.at(source.name).at(static_cast<std::size_t>(which));
        return {state.size(), state, {1}};
    }

    const Description& description_;
    std::map<std::string, Sequence> values_;
    std::map<std::string, States> states_;
};

} // namespace

Sequence interpret(const Description& description, const std::map<std::string, Sequence>& inputs) {
    return Interpreter(description, inputs).run();
}

} // namespace timeloom::importing
