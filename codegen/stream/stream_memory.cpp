#include "timeloom/codegen/stream/stream_memory.hpp"

#include "timeloom/codegen/schedule/machine.hpp"
#include "timeloom/dsl/cells/products.hpp"
#include "timeloom/dsl/cells/step_masks.hpp"
#include "timeloom/runtime/plan/layout.hpp"

#include <algorithm>

namespace timeloom::codegen {

using declaration::layer_kind;
using plan::lane_block;
using plan::padded;

std::vector<unit_vector> unit_vectors(int units, const Halide::Target& target) {
    const int block = lane_block(units), widest = std::min(block, target.natural_vector_size<float>());
    std::vector<unit_vector> vectors;
    for (int first = 0; first < units; first += widest) {
        int lanes = widest;
        while (lanes / 2 >= units - first) {
            lanes /= 2;
        }
        vectors.push_back({first, first / block, first % block, lanes});
    }
    return vectors;
}

namespace {

/// Floats of a cell's matrices as they lie in memory.
int matrix_floats(const declaration::layer& l) {
    int floats = 0;
    for (const declaration::product_group& group : declaration::product_groups(l.cell.step)) {
        floats += (group.reads_input ? l.features : l.units) * group.matrices.size() * padded(l.units);
    }
    return floats;
}

/// True if an equation reads the input itself, and not only its products with matrices.
bool reads_input_pointwise(const declaration::graph& g, int nodes) {
    bool found = false;
    for (int id = 0; id < nodes; ++id) {
        if (g.nodes[id].kind == declaration::node_kind::operation) {
            g.for_each_operand(
                id, [&](int operand) { found |= g.nodes[operand].kind == declaration::node_kind::input; });
        }
    }
    return found || g.nodes[g.output].kind == declaration::node_kind::input;
}

bool is_recurrent(const declaration::layer& l) { return !l.cell.step.states.empty(); }

} // namespace

bool has_stream_kernel(const declaration::network& network) {
    if (network.inputs.size() != 1 || network.inputs[0].features == 0) {
        return false;
    }
    int floats = 0, cells = 0;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        const declaration::layer& l = network.layers[i];
        const bool follows = l.reads.size() == 1 && l.reads[0].node == static_cast<int>(i) &&
                             !l.reads[0].reversed && l.initial_states.empty() && !l.go_backwards;
        if (!follows || (l.kind != layer_kind::cell && l.kind != layer_kind::dropout)) {
            return false;
        }
        if (l.kind == layer_kind::cell) {
            const bool reads_callers = cells == 0 && reads_input_pointwise(l.cell.step, l.cell.forward_nodes);
            if (reads_callers || declaration::reads_any(l.cell.step, declaration::node_kind::step_mask)) {
                return false;
            }
            floats += matrix_floats(l);
            ++cells;
        }
    }
    return cells > 0 && floats * static_cast<int>(sizeof(float)) <= most_weights_of_stream;
}

namespace {

/// Hands out places in the memory, each beginning on a cache line.
class Places {
  public:
    int add(int units) {
        const int place = size_;
        size_ += (padded(units) + 15) / 16 * 16;
        return place;
    }
    int size() const { return size_; }

  private:
    int size_ = 0;
};

void place_cell(stream_layer& s, Places& places) {
    const declaration::graph& g = s.layer->cell.step;
    s.stored.assign(static_cast<std::size_t>(g.nodes.size()), -1);
    for (int i = 0; i < g.states.size(); ++i) {
        s.states.push_back(places.add(s.layer->units));
        if (g.states[i].next == g.output) {
            s.output = s.states.back();
        }
    }
    if (!g.is_next_state(g.output)) {
        s.output = places.add(s.layer->units);
    }
    for (const declaration::product_group& group : declaration::product_groups(g)) {
        const declaration::node& operand = g.nodes[group.operand];
        const auto at = static_cast<std::size_t>(group.operand);
        if (operand.kind == declaration::node_kind::state) {
            s.stored[at] = s.states[static_cast<std::size_t>(operand.index)];
        } else if (operand.kind != declaration::node_kind::input) {
            s.stored[at] = places.add(s.layer->units);
        }
    }
}

} // namespace

stream_memory place_stream(const declaration::network& network, const plan::Model& plan) {
    stream_memory memory;
    Places places;
    int previous = -1;
    bool is_first = true;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        const declaration::layer& l = network.layers[i];
        if (l.kind != layer_kind::cell) {
            continue;
        }
        if (is_recurrent(l)) {
            memory.stages += is_first ? 0 : 1;
            is_first = false;
        }
        stream_layer s;
        s.layer = &l;
        s.plan = &plan.layers[i];
        s.stage = memory.stages - 1;
        s.input = previous;
        place_cell(s, places);
        previous = s.output;
        memory.layers.push_back(s);
    }
    memory.size = places.size();
    return memory;
}

} // namespace timeloom::codegen
