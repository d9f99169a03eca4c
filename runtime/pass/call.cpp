#include "timeloom/runtime/pass/call.hpp"

#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/pass/call_checks.hpp"
#include "timeloom/runtime/pass/layer_graph.hpp"

#include <algorithm>
#include <array>
#include <atomic>

namespace timeloom {

using namespace detail;

namespace {

std::uint64_t next_pass() {
    static std::atomic<std::uint64_t> passes = 0;
    return ++passes;
}

} // namespace

Call::Call(const plan::Model& plan, LayerGraph& graph, const StepContext& context,
           std::vector<Watched>& watched)
    : plan_(plan), graph_(graph), context_(context), watched_(watched), pass_(next_pass()) {}

bool Call::training() const { return context_.training; }
int Call::rows() const { return graph_.view({0}).rows; }
int Call::timesteps(const CallValue& value) const { return view(value).timesteps; }

// ---- Values ----

NodeOutput Call::checked(const CallValue& value) const {
    if (value.output_.node < 0) {
        throw Error("call: a value is used that no layer has made yet; hand over what a layer or an input of "
                    "this pass returned");
    }
    if (value.pass_ != pass_) {
        throw Error("call: a value is used that another pass has made; every pass makes its own");
    }
    return value.output_;
}

SequenceView Call::view(const CallValue& value) const { return graph_.view(checked(value)); }

/// -1: zeros.
int Call::first_node(const CellState& state) const {
    if (state.node_ >= 0 && state.pass_ != pass_) {
        throw Error("call: a state is used that another pass has made; every pass begins with zeros");
    }
    return state.node_;
}

CallValue Call::input(std::size_t number) const {
    if (number >= plan_.inputs.size()) {
        throw Error("call: the model has " + std::to_string(plan_.inputs.size()) + " inputs, but number " +
                    std::to_string(number) + " (from 0) was asked for");
    }
    return made(static_cast<int>(number));
}

CallValue Call::step(const CallValue& sequence, int time) const {
    const int steps = timesteps(sequence);
    if (time < 0 || time >= steps) {
        throw Error("call: step() was asked for step " + std::to_string(time) + " of a sequence of " +
                    std::to_string(steps) + ", whose steps are numbered from 0");
    }
    NodeOutput one = sequence.output_;
    one.step = one.step < 0 ? time : one.step;
    return CallValue(one, pass_);
}

CallValue Call::stack(const std::vector<CallValue>& steps) {
    if (steps.empty()) {
        throw Error("call: stack() needs at least one value");
    }
    std::vector<NodeOutput> reads;
    for (const CallValue& v : steps) {
        const SequenceView one = view(v);
        if (one.tokens != nullptr || one.timesteps != 1 || one.width != view(steps[0]).width) {
            throw Error("call: stack() needs vectors of one width, not sequences or token ids");
        }
        reads.push_back(v.output_);
    }
    const int node = graph_.add_stack(reads);
    graph_.forward(node, context_);
    return made(node);
}

std::span<const float> Call::values(const CallValue& value, int row, int time) const {
    const SequenceView all = view(value);
    if (all.tokens != nullptr) {
        throw Error("call: values() tells those of vectors, but was given token ids");
    }
    if (row < 0 || row >= all.rows || time < 0 || time >= all.timesteps) {
        throw Error("call: values() of row " + std::to_string(row) + " at time step " + std::to_string(time) +
                    ", but there are " + std::to_string(all.rows) + " rows of " +
                    std::to_string(all.timesteps) + " time steps");
    }
    return {all.row(time, row), static_cast<std::size_t>(all.width)};
}

// ---- Layers ----

/// The layer of this name, with the parts that stand before it, or the parts of one that is nothing else.
Call::Layers Call::find(const std::string& name) const {
    const std::span<const plan::Layer> layers = plan_.layers;
    const auto is_part = [&](const plan::Layer& l) {
        return l.name.size() > name.size() && l.name[name.size()] == '/' && l.name.starts_with(name);
    };
    const auto exact = std::ranges::find(layers, name, &plan::Layer::name);
    auto last = exact != layers.end() ? exact + 1 : exact;
    if (exact == layers.end()) {
        while (last != layers.begin() && !is_part(*(last - 1))) {
            --last;
        }
    }
    auto first = exact != layers.end() ? exact : last;
    while (first != layers.begin() && is_part(*(first - 1))) {
        --first;
    }
    if (first == last) {
        std::string known;
        for (const plan::Layer& l : layers) {
            known += (known.empty() ? "" : ", ") + std::string(l.name);
        }
        throw Error("call: the model has no layer \"" + name + "\"; it has " + known);
    }
    return {static_cast<int>(first - layers.begin()), static_cast<int>(last - layers.begin())};
}

int Call::find_one(const std::string& name) const { return find(name).last - 1; }

int Call::add(int layer, std::span<const NodeOutput> reads, int state_node) {
    const plan::Layer& called = plan_.layers[static_cast<std::size_t>(layer)];
    std::array<plan::StateSource, 8> states; // as many as a cell may have
    std::size_t count = 0;
    if (state_node >= 0) {
        const CellWork* const from = graph_.cell(state_node);
        if (from->units() != called.units || from->state_count() != called.cell.state_count()) {
            throw Error("call: the state given to " + std::string(called.name) +
                        " is that of another kind of cell");
        }
        for (; count < static_cast<std::size_t>(from->state_count()); ++count) {
            states[count] = {state_node, static_cast<int>(count)};
        }
    }
    values_.clear();
    for (const NodeOutput& read : reads) {
        values_.push_back(graph_.view(read));
    }
    check_values(called, values_);
    if (called.kind == plan::LayerKind::embedding) { // what holds token ids is an input
        check_vocabulary(plan_, called, reads[0].node);
    }
    const int node = graph_.add(layer, reads, std::span(states).first(count), context_.training);
    graph_.forward(node, context_);
    return node;
}

/// What the layers read of each other is what they are declared to read, all else is `x`. One node after the
/// other; returns the last.
int Call::add_all(const Layers& layers, const NodeOutput& x, const CellState& initial) {
    const int first_state = first_node(initial);
    if (first_state >= 0 && initial.cells_ != layers.last - layers.first) {
        throw Error("call: the state given to " +
                    std::string(plan_.layers[static_cast<std::size_t>(layers.first)].name) +
                    " is that of another kind of cell");
    }
    const int first_declared = plan_.node_of_layer(static_cast<std::size_t>(layers.first));
    int first = -1, node = -1;
    for (int layer = layers.first; layer < layers.last; ++layer) {
        const auto& sources = plan_.layers[static_cast<std::size_t>(layer)].reads;
        const int state_node = first_state < 0 ? -1 : first_state + layer - layers.first;
        if (sources[0].node < first_declared) {
            NodeOutput read = x;
            read.reversed = sources[0].reversed;
            node = add(layer, {&read, 1}, state_node);
        } else {
            std::vector<NodeOutput> reads;
            for (const plan::ValueSource& source : sources) {
                reads.push_back({first + source.node - first_declared, source.reversed});
            }
            node = add(layer, reads, state_node);
        }
        first = layer == layers.first ? node : first;
    }
    return node;
}

/// True if the node calls the cell that the declaration has at `declared_node`, or one that shares its
/// parameters.
bool Call::calls_same_cell(int node, int declared_node) const {
    const auto owner = [&](int layer) { return plan_.layers[static_cast<std::size_t>(layer)].parameters_of; };
    const int declared = declared_node - plan_.node_of_layer(0);
    return node >= 0 && graph_.cell(node) != nullptr && owner(graph_.layer(node)) == owner(declared);
}

/// `x` is what the layer handed on whose state it is: the last of the nodes that were made for it.
int Call::add_final_state(int layer, const NodeOutput& x) {
    const plan::Layer& called = plan_.layers[static_cast<std::size_t>(layer)];
    const std::string source(plan_.layer_at(called.reads[0].node).declared_name());
    const int last_declared = plan_.node_of_layer(static_cast<std::size_t>(find(source).last - 1));
    const int node = x.node - (last_declared - called.reads[0].node);
    if (x.step >= 0 || !calls_same_cell(node, called.reads[0].node)) {
        throw Error("call: " + std::string(called.name) + " hands on a state of " + source +
                    "; call it on what " + source + " handed on");
    }
    const NodeOutput read{node};
    return graph_.add(layer, {&read, 1}, {}, context_.training);
}

CallValue Call::layer(const std::string& name, const CallValue& x, const CellState& initial) {
    const NodeOutput read = checked(x);
    const Layers layers = find(name);
    const plan::Layer& called = plan_.layers[static_cast<std::size_t>(layers.last - 1)];
    if (called.kind == plan::LayerKind::final_state) {
        return made(add_final_state(layers.first, read));
    }
    if (layers.last - layers.first > 1 && called.go_backwards) {
        throw Error("call: " + name + " hands on two values; call its parts, " +
                    std::string(plan_.layers[static_cast<std::size_t>(layers.first)].name) + " and " +
                    std::string(called.name));
    }
    return made(add_all(layers, read, initial));
}

CallValue Call::join(const std::string& name, const std::vector<CallValue>& x) {
    const int layer = find_one(name);
    const plan::Layer& called = plan_.layers[static_cast<std::size_t>(layer)];
    if (called.kind != plan::LayerKind::join || x.empty()) {
        throw Error("call: " + name +
                    " does not join values; join() takes the name of a layer such as concatenate, and at "
                    "least one value");
    }
    std::vector<NodeOutput> reads;
    for (std::size_t i = 0; i < x.size(); ++i) {
        NodeOutput read = checked(x[i]);
        read.reversed = i < called.reads.size() && called.reads[i].reversed; // of a bidirectional layer
        reads.push_back(read);
    }
    return made(add(layer, reads));
}

Call::CellResult Call::cell(const std::string& name, const CallValue& x, const CellState& state) {
    const Layers layers = find(name);
    for (int layer = layers.first; layer < layers.last; ++layer) {
        const plan::Layer& called = plan_.layers[static_cast<std::size_t>(layer)];
        if (called.cell.states.empty()) {
            throw Error("call: " + std::string(called.name) +
                        " is no recurrent layer and has no cell to step");
        }
        if (layer > layers.first && called.go_backwards) {
            throw Error("call: " + name + " reads whole sequences, in both directions; call it with layer()");
        }
    }
    if (timesteps(x) != 1) {
        throw Error("call: a cell of " + name + " reads one time step, but was given " +
                    std::to_string(timesteps(x)) + "; take one with step()");
    }
    const int cells = layers.last - layers.first;
    const int node = add_all(layers, checked(x), state);
    return {made(node), CellState(node - cells + 1, cells, pass_)};
}

// ---- Gradients that are asked for ----

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
    if (view(value).tokens != nullptr) {
        throw Error("call: " + name + " is to be watched, but token ids have no gradient");
    }
    watch({name, value.output_});
}

void Call::watch(const std::string& name, const CellState& state, int number) {
    const int first = first_node(state);
    for (int node = first; first >= 0 && number >= 0 && node < first + state.cells_; ++node) {
        const int states = graph_.cell(node)->state_count();
        if (number < states) {
            return watch({name, {node}, number});
        }
        number -= states;
    }
    throw Error("call: " + name + " is to be watched, but no cell made such a state");
}

} // namespace timeloom
