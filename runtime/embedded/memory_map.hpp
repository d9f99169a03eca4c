// All memory that one row of a model needs, laid out at compile time.
#pragma once

#include "timeloom/runtime/embedded/view.hpp"
#include "timeloom/runtime/plan/model.hpp"

#include <array>

namespace timeloom::embedded {

/// True if the model can be run one time step at a time: it has one input, and no layer needs the whole
/// sequence.
constexpr bool has_stream(const plan::Model& plan) {
    for (const plan::Layer& layer : plan.layers) {
        const bool needs_sequence =
            layer.kind == plan::LayerKind::flatten || layer.kind == plan::LayerKind::repeat ||
            layer.kind == plan::LayerKind::pooling || layer.kind == plan::LayerKind::final_state ||
            layer.merge == plan::MergeMode::concat_time;
        if (needs_sequence || layer.go_backwards || !layer.initial_states.empty()) {
            return false;
        }
        for (const plan::ValueSource& source : layer.reads) {
            if (source.reversed) {
                return false;
            }
        }
    }
    return plan.inputs.size() == 1;
}

/// True if one kernel makes the time steps of all layers: the model is small.
constexpr bool has_stream_kernel(const plan::Model& plan) {
    for (const plan::Kernel& kernel : plan.kernels) {
        if (kernel.kind == plan::KernelKind::stream) {
            return true;
        }
    }
    return false;
}
/// The kernel that does; only for models that have one.
constexpr const plan::Kernel& stream_kernel(const plan::Model& plan) {
    std::size_t number = 0;
    while (plan.kernels[number].kind != plan::KernelKind::stream) {
        ++number;
    }
    return plan.kernels[number];
}

/// Token ids that an input may hold: [0, vocabulary).
constexpr int vocabulary_of(const plan::Model& plan, int input) {
    int smallest = 0;
    for (const plan::Layer& layer : plan.layers) {
        if (layer.kind == plan::LayerKind::embedding && layer.reads[0].node == input) {
            smallest = smallest == 0 || layer.features < smallest ? layer.features : smallest;
        }
    }
    return smallest;
}

/// What a node hands on, and what a cell keeps.
struct NodeMemory {
    View output;
    View cell_input;              ///< of a cell: in the order in which it reads
    View cell_output;             ///< of one whose output is no state, at every step
    std::array<View, 8> states{}; ///< of a cell, after each step; the state before lies one stride earlier

    constexpr View previous_state(int state) const {
        View v = states[static_cast<std::size_t>(state)];
        v.offset -= v.stride;
        return v;
    }
    constexpr View final_state(int state) const {
        const View& v = states[static_cast<std::size_t>(state)];
        return v.steps(v.timesteps - 1, 1).without_mask();
    }
};

/// The memory of a model of `Nodes` inputs and layers, over one time step or over all that it declares.
template <std::size_t Nodes>
class MemoryMap {
  public:
    constexpr MemoryMap(const plan::Model& plan, bool one_step) : plan_(plan) {
        for (std::size_t i = 0; i < plan.inputs.size(); ++i) {
            add_input(i, one_step ? 1 : plan.inputs[i].timesteps);
        }
        for (std::size_t i = 0; i < plan.layers.size(); ++i) {
            add_layer(i);
        }
    }

    constexpr std::size_t floats() const { return static_cast<std::size_t>(floats_); }
    constexpr const NodeMemory& operator[](int node) const { return nodes_[static_cast<std::size_t>(node)]; }
    constexpr const NodeMemory& layer(std::size_t number) const {
        return nodes_[plan_.inputs.size() + number];
    }
    /// What a layer reads in its place `number`.
    constexpr View read(const plan::Layer& layer, std::size_t number) const {
        const plan::ValueSource& source = layer.reads[number];
        const View& v = nodes_[static_cast<std::size_t>(source.node)].output;
        return source.reversed ? v.reversed() : v;
    }

  private:
    /// Every piece starts on a cache line of a memory that does.
    constexpr std::ptrdiff_t allocate(std::ptrdiff_t count) {
        const std::ptrdiff_t at = floats_;
        floats_ += (count + 15) / 16 * 16;
        return at;
    }
    constexpr View allocate(const View& like, int timesteps, int width) {
        View v = like;
        v.timesteps = timesteps;
        v.width = width;
        v.stride = plan::padded(width);
        v.offset = allocate(v.stride * timesteps);
        return v;
    }
    constexpr View allocate(const View& like) { return allocate(like, like.timesteps, like.width); }
    constexpr View masked(const View& v) { return v.with_mask(allocate(v.timesteps)); }

    constexpr void add_input(std::size_t number, int timesteps) {
        const plan::Input& input = plan_.inputs[number];
        View v;
        v.timesteps = timesteps;
        v.width = input.features;
        v.stride = input.features > 0 ? plan::padded(input.features) : 1;
        v.offset = allocate(v.stride * timesteps);
        nodes_[number].output = input.is_ragged && timesteps > 1 ? masked(v) : v;
    }

    constexpr void add_layer(std::size_t number) {
        const plan::Layer& layer = plan_.layers[number];
        NodeMemory& node = nodes_[plan_.inputs.size() + number];
        const View first = read(layer, 0);
        switch (layer.kind) {
        case plan::LayerKind::cell:
            return add_cell(layer, first, node);
        case plan::LayerKind::embedding:
            node.output = allocate(first, first.timesteps, layer.units);
            node.output = layer.makes_mask ? masked(node.output) : node.output;
            return;
        case plan::LayerKind::dropout:
            node.output = first;
            return;
        case plan::LayerKind::softmax_rows:
        case plan::LayerKind::layer_normalization:
            node.output = allocate(first);
            return;
        case plan::LayerKind::masking:
            node.output = masked(allocate(first));
            return;
        case plan::LayerKind::join:
            return add_join(layer, node);
        case plan::LayerKind::pooling:
            node.output = allocate(first.without_mask(), layer.pooled.windows(first.timesteps), first.width);
            return;
        case plan::LayerKind::repeat:
            node.output = first.without_mask();
            node.output.timesteps = layer.timesteps;
            node.output.stride = 0;
            return;
        case plan::LayerKind::flatten:
            node.output = allocate(first.without_mask(), 1, layer.units);
            return;
        case plan::LayerKind::final_state:
            node.output = nodes_[static_cast<std::size_t>(layer.reads[0].node)].final_state(layer.state);
            return;
        }
    }

    constexpr void add_cell(const plan::Layer& layer, const View& input, NodeMemory& node) {
        node.cell_input = layer.go_backwards ? input.reversed() : input;
        const int timesteps = input.timesteps;
        for (std::size_t s = 0; s < layer.cell.states.size(); ++s) {
            View all = allocate(node.cell_input, timesteps + 1, layer.units);
            all.offset += all.stride; // the first one is before the first step
            all.timesteps = timesteps;
            node.states[s] = all;
        }
        const bool is_state = layer.cell.output_state >= 0;
        node.cell_output = is_state ? node.states[static_cast<std::size_t>(layer.cell.output_state)]
                                    : allocate(node.cell_input, timesteps, layer.units);
        node.output = layer.return_sequences ? node.cell_output
                                             : node.cell_output.steps(timesteps - 1, 1).without_mask();
    }

    constexpr void add_join(const plan::Layer& layer, NodeMemory& node) {
        const View first = read(layer, 0).without_mask();
        int timesteps = 0;
        bool all_masked = true, any_masked = false;
        for (std::size_t i = 0; i < layer.reads.size(); ++i) {
            const View v = read(layer, i);
            timesteps += v.timesteps;
            all_masked = all_masked && v.is_masked;
            any_masked = any_masked || v.is_masked;
        }
        const bool in_time = layer.merge == plan::MergeMode::concat_time;
        node.output =
            in_time ? allocate(first, timesteps, first.width) : allocate(first, first.timesteps, layer.units);
        node.output = (in_time ? any_masked : all_masked) ? masked(node.output) : node.output;
    }

    const plan::Model& plan_;
    std::array<NodeMemory, Nodes> nodes_{};
    std::ptrdiff_t floats_ = 0;
};

/// That of one row of the model.
template <const plan::Model& Plan, bool OneStep>
inline constexpr MemoryMap<Plan.inputs.size() + Plan.layers.size()> memory_map{Plan, OneStep};

/// Floats that a state of the model takes, embedded.
template <const plan::Model& Plan>
inline constexpr std::size_t floats_of = [] {
    if constexpr (has_stream_kernel(Plan)) {
        return static_cast<std::size_t>(stream_kernel(Plan).variant);
    } else {
        return memory_map<Plan, has_stream(Plan)>.floats();
    }
}();

} // namespace timeloom::embedded
