#include "timeloom/runtime/call.hpp"

#include "timeloom/dsl/step_masks.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/layer_graph.hpp"

#include <algorithm>
#include <array>

namespace timeloom {

namespace {

std::string numbers(int got, const char* of, int needed) {
    return std::to_string(needed) + " " + of + ", but was given " + std::to_string(got);
}

/// Throws Error unless a value is of the kind and the shape that the layer was declared for.
void check_value(const dsl::layer& called, const SequenceView& value) {
    const std::string reads = "call: " + called.name + " reads ";
    const bool reads_tokens = called.kind == dsl::layer_kind::embedding;
    if (reads_tokens != (value.tokens != nullptr)) {
        throw Error(reads +
                    (reads_tokens ? "token ids, but was given vectors" : "vectors, but was given token ids"));
    }
    if (!reads_tokens && called.kind != dsl::layer_kind::join && value.width != called.features) {
        throw Error(reads + numbers(value.width, "features", called.features));
    }
    const bool is_one_step = called.kind == dsl::layer_kind::repeat;
    const int timesteps = is_one_step ? 1 : called.units / std::max(1, called.features);
    if ((is_one_step || called.kind == dsl::layer_kind::flatten) && value.timesteps != timesteps) {
        throw Error(reads + numbers(value.timesteps, "time steps", timesteps));
    }
    if (value.mask != nullptr && !called.cell.step.states.empty() &&
        !dsl::reads_any(called.cell.step, dsl::node_kind::step_mask)) {
        throw Error(reads + "values with masked time steps, but is declared to read some without");
    }
}

/// Throws Error unless the values that a join reads go together.
void check_joined(const dsl::layer& called, const std::vector<SequenceView>& values) {
    int width = 0;
    for (const SequenceView& v : values) {
        width = called.merge == dsl::merge_mode::concat ? width + v.width : v.width;
        if (v.timesteps != values[0].timesteps) {
            throw Error("call: " + called.name + " reads values of one number of time steps, but was given " +
                        std::to_string(values[0].timesteps) + " and " + std::to_string(v.timesteps));
        }
        if (called.merge != dsl::merge_mode::concat && v.width != called.units) {
            throw Error("call: " + called.name + " reads " + numbers(v.width, "features", called.units));
        }
    }
    if (width != called.units) {
        throw Error("call: " + called.name + " reads " + numbers(width, "features in all", called.units));
    }
}

} // namespace

bool Call::training() const { return context_.training; }
int Call::rows() const { return graph_.view({0}).rows; }
int Call::timesteps(const CallValue& value) const { return view(value).timesteps; }

SequenceView Call::view(const CallValue& value) const {
    if (value.output_.node < 0) {
        throw Error("call: a value is used that no layer has made yet");
    }
    return graph_.view(value.output_);
}

CallValue Call::input(std::size_t number) const {
    if (number >= plan_.network.inputs.size()) {
        throw Error("call: the model has " + std::to_string(plan_.network.inputs.size()) +
                    " inputs, but number " + std::to_string(number) + " (from 0) was asked for");
    }
    return CallValue({static_cast<int>(number)});
}

CallValue Call::step(const CallValue& sequence, int time) const {
    const int steps = timesteps(sequence);
    if (time < 0 || time >= steps) {
        throw Error("call: step " + std::to_string(time) + " of a sequence of " + std::to_string(steps));
    }
    NodeOutput one = sequence.output_;
    one.step = one.step < 0 ? time : one.step;
    return CallValue(one);
}

CallValue Call::stack(const std::vector<CallValue>& steps) {
    if (steps.empty()) {
        throw Error("call: stack() needs at least one value");
    }
    std::vector<NodeOutput> reads;
    for (const CallValue& v : steps) {
        const SequenceView one = view(v);
        if (one.timesteps != 1 || one.width != view(steps[0]).width) {
            throw Error("call: stack() needs vectors of one width, not sequences");
        }
        reads.push_back(v.output_);
    }
    const int node = graph_.add_stack(reads);
    graph_.forward(node, context_);
    return CallValue({node});
}

int Call::find(const std::string& name) const {
    std::string known;
    for (std::size_t i = 0; i < plan_.network.layers.size(); ++i) {
        if (plan_.network.layers[i].name == name) {
            return static_cast<int>(i);
        }
        known += (i == 0 ? "" : ", ") + plan_.network.layers[i].name;
    }
    throw Error("call: the model has no layer \"" + name + "\"; it has " + known);
}

int Call::add(int layer, std::span<const NodeOutput> reads, const CellState& initial) {
    const dsl::layer& called = plan_.network.layers[static_cast<std::size_t>(layer)];
    std::array<dsl::state_source, 8> states;
    std::size_t count = 0;
    if (initial.node_ >= 0) {
        const CellWork* const from = graph_.cell(initial.node_);
        if (from->units() != called.units || from->state_count() != called.cell.step.states.size()) {
            throw Error("call: the state given to " + called.name + " is that of another kind of cell");
        }
        for (; count < static_cast<std::size_t>(from->state_count()); ++count) {
            states[count] = {initial.node_, static_cast<int>(count)};
        }
    }
    std::vector<SequenceView> values;
    for (const NodeOutput& read : reads) {
        check_value(called, values.emplace_back(graph_.view(read)));
    }
    if (called.kind == dsl::layer_kind::join) {
        check_joined(called, values);
    }
    if (called.kind == dsl::layer_kind::final_state) {
        const CellWork* const cell = graph_.cell(reads[0].node);
        if (cell == nullptr || called.state >= cell->state_count()) {
            throw Error("call: " + called.name + " hands on a state of what a recurrent layer handed on");
        }
    }
    const int node = graph_.add(layer, reads, std::span(states).first(count), context_.training);
    graph_.forward(node, context_);
    return node;
}

CallValue Call::layer(const std::string& name, const CallValue& x, const CellState& initial) {
    view(x);
    return CallValue({add(find(name), {&x.output_, 1}, initial)});
}

CallValue Call::join(const std::string& name, const std::vector<CallValue>& x) {
    const int layer = find(name);
    const dsl::layer& called = plan_.network.layers[static_cast<std::size_t>(layer)];
    if (called.kind != dsl::layer_kind::join || x.empty()) {
        throw Error("call: " + name + " does not join values");
    }
    std::vector<NodeOutput> reads;
    for (std::size_t i = 0; i < x.size(); ++i) {
        view(x[i]);
        NodeOutput read = x[i].output_;
        read.reversed = i < called.reads.size() && called.reads[i].reversed; // of a bidirectional layer
        reads.push_back(read);
    }
    return CallValue({add(layer, reads, {})});
}

Call::CellResult Call::cell(const std::string& name, const CallValue& x, const CellState& state) {
    const int layer = find(name);
    if (plan_.network.layers[static_cast<std::size_t>(layer)].cell.step.states.empty()) {
        throw Error("call: " + name + " is no recurrent layer and has no cell to step");
    }
    if (timesteps(x) != 1) {
        throw Error("call: a cell of " + name + " reads one time step, but was given " +
                    std::to_string(timesteps(x)) + "; take one with step()");
    }
    const int node = add(layer, {&x.output_, 1}, state);
    return {CallValue({node}), CellState(node)};
}

void Call::watch(const Watched& watched) {
    if (std::ranges::find(watched_, watched.name, &Watched::name) != watched_.end()) {
        throw Error("call: two values are watched as " + watched.name + "; give each a name of its own");
    }
    watched_.push_back(watched);
    graph_.ask_for_gradient(watched.value.node);
}

void Call::watch(const std::string& name, const CallValue& value) {
    if (value.output_.node < 0) {
        throw Error("call: " + name + " is to be watched, but is no value yet");
    }
    watch({name, value.output_});
}

void Call::watch(const std::string& name, const CellState& state, int number) {
    if (state.node_ < 0 || number < 0 || number >= graph_.cell(state.node_)->state_count()) {
        throw Error("call: " + name + " is to be watched, but no cell made such a state");
    }
    watch({name, {state.node_}, number});
}

std::span<const float> Call::values(const CallValue& value, int row, int time) const {
    const SequenceView all = view(value);
    return {all.row(time, row), static_cast<std::size_t>(all.width)};
}

} // namespace timeloom
