// Runs a plan for one row in memory that the caller lends: no allocation, no exceptions, no library but libm.
#pragma once

#include "timeloom/runtime/embedded/denormals_as_zero.hpp"
#include "timeloom/runtime/embedded/kernel_arguments.hpp"
#include "timeloom/runtime/embedded/layer_loops.hpp"

#include <algorithm>
#include <utility>

namespace timeloom::embedded {

/// What the C functions return; 0: done.
enum Status { done = 0, bad_input = 1, kernel_failed = 2 };

/// Independent of the compiler's assumptions about numbers.
inline bool is_finite(float value) {
    return (std::bit_cast<std::uint32_t>(value) & 0x7f800000u) != 0x7f800000u;
}

/// A model over one time step (`OneStep`, what it then keeps are all states) or over the whole sequence,
/// which starts from zeros but for stateful layers. Computes the bits of a stream without a kernel of its
/// own, and those of Model::predict() of one sample but where that multiplies the inputs of several steps
/// together.
template <const plan::Model& Plan, bool OneStep>
class Executor {
    static constexpr const auto& map = memory_map<Plan, OneStep>;

  public:
    static constexpr std::size_t floats = map.floats();
    static constexpr int outputs = Plan.layers.back().units;
    static constexpr int output_steps = map.layer(Plan.layers.size() - 1).output.timesteps;

    /// Zeros, padding included.
    static void reset(float* memory) {
        for (std::size_t i = 0; i < floats; ++i) {
            memory[i] = 0;
        }
    }

    /// Copies (timesteps, features) in. Not finite: bad_input, and nothing is changed.
    template <std::size_t Input>
    static Status load(float* memory, const float* values) {
        static constexpr View v = map[Input].output;
        for (int i = 0; i < v.timesteps * v.width; ++i) {
            if (!is_finite(values[i])) {
                return bad_input;
            }
        }
        for (int t = 0; t < v.timesteps; ++t) {
            copy(values + std::ptrdiff_t{t} * v.width, v.width, memory + v.row(t));
        }
        return done;
    }

    /// The same of (timesteps) token ids.
    template <std::size_t Input>
    static Status load(float* memory, const std::int32_t* tokens) {
        static constexpr View v = map[Input].output;
        constexpr int vocabulary = vocabulary_of(Plan, Input);
        for (int t = 0; t < v.timesteps; ++t) {
            if (tokens[t] < 0 || tokens[t] >= vocabulary) {
                return bad_input;
            }
        }
        for (int t = 0; t < v.timesteps; ++t) {
            memory[v.row(t)] = std::bit_cast<float>(tokens[t]);
        }
        return done;
    }

    /// Masks an input whose samples have lengths of their own: its first `steps` time steps count.
    template <std::size_t Input>
    static Status load_length(float* memory, std::int32_t steps) {
        static constexpr View v = map[Input].output;
        if (steps < 1 || steps > v.timesteps) {
            return bad_input;
        }
        for (int t = 0; t < v.timesteps; ++t) {
            memory[v.mask(t)] = t < steps ? 1.0f : 0.0f;
        }
        return done;
    }

    /// After all inputs are loaded. `odd`: the number of the step is odd.
    static Status run(float* memory, const float* weights, bool odd) {
        const DenormalsAsZero flush;
        return run_layers(memory, weights, odd, std::make_index_sequence<Plan.layers.size()>());
    }

    /// (output_steps, outputs)
    static void unload(const float* memory, float* output) {
        static constexpr View v = map.layer(Plan.layers.size() - 1).output;
        for (int t = 0; t < v.timesteps; ++t) {
            copy(memory + v.row(t), v.width, output + std::ptrdiff_t{t} * v.width);
        }
    }

  private:
    template <std::size_t... Layers>
    static Status run_layers(float* memory, const float* weights, bool odd, std::index_sequence<Layers...>) {
        bool is_done = true;
        ((is_done = is_done && run_layer<Layers>(memory, weights, odd)), ...);
        return is_done ? done : kernel_failed;
    }

    /// False where a kernel failed.
    template <std::size_t Number>
    static bool run_layer(float* memory, const float* weights, bool odd) {
        static constexpr const plan::Layer& layer = Plan.layers[Number];
        static constexpr View in = map.read(layer, 0), out = map.layer(Number).output;
        const float* const parameters = weights + layer.vectors;
        using plan::LayerKind;
        if constexpr (layer.kind == LayerKind::cell) {
            return run_cell<Number>(memory, weights, odd);
        } else if constexpr (layer.kind == LayerKind::embedding) {
            look_up(memory, in, parameters, layer.makes_mask, out);
        } else if constexpr (layer.kind == LayerKind::softmax_rows) {
            softmax(memory, in, out);
        } else if constexpr (layer.kind == LayerKind::layer_normalization) {
            normalize(memory, in, layer.normalized, parameters, out);
        } else if constexpr (layer.kind == LayerKind::masking) {
            mask_steps(memory, in, layer.mask_value, out);
        } else if constexpr (layer.kind == LayerKind::join) {
            join(memory, reads<Number>(std::make_index_sequence<layer.reads.size()>()), layer, out);
        } else if constexpr (layer.kind == LayerKind::pooling) {
            pool(memory, in, layer.pooled, out);
        } else if constexpr (layer.kind == LayerKind::flatten) {
            flatten(memory, in, out);
        } // what else there is hands on what it reads
        return true;
    }

    template <std::size_t Number, std::size_t... Reads>
    static constexpr std::array<View, sizeof...(Reads)> reads(std::index_sequence<Reads...>) {
        return {map.read(Plan.layers[Number], Reads)...};
    }

    // ---- Cells ----

    template <std::size_t Number>
    static bool run_cell(float* memory, const float* weights, bool odd) {
        static constexpr const plan::Layer& layer = Plan.layers[Number];
        static constexpr auto initial = initial_states<Number>();
        static constexpr auto kept = kept_states<Number>();
        constexpr bool turns = OneStep && plan::block_count(layer.units) > 1;
        move(initial, layer.units, memory);
        bool is_done = false;
        if constexpr (turns) {
            is_done = odd ? call<Number, 1>(memory, weights) : call<Number, 0>(memory, weights);
        } else {
            is_done = call<Number, 0>(memory, weights);
        }
        move(kept, plan::padded(layer.units), memory);
        return is_done;
    }

    template <std::size_t Number, int FirstTime>
    static bool call(float* memory, const float* weights) {
        static constexpr auto arguments = arguments_of<Number, FirstTime>();
        static_assert(
            std::all_of(arguments.begin(), arguments.end(), [](const Argument& a) { return a.is_known; }),
            "a kernel has an argument that embedded models do not know");
        constexpr std::size_t count = arguments.size();
        halide_buffer_t buffers[count] = {};
        void* pointers[count];
        for (std::size_t i = 0; i < count; ++i) {
            const Argument& a = arguments[i];
            const float* const data = a.is_parameter ? weights + a.offset : memory + a.offset;
            buffers[i].host = reinterpret_cast<std::uint8_t*>(const_cast<float*>(data));
            buffers[i].type = halide_type_t(halide_type_float, 32);
            buffers[i].dimensions = a.dimensions;
            buffers[i].dim = reinterpret_cast<halide_dimension_t*>(const_cast<Dimension*>(a.shape.data()));
            pointers[i] = &buffers[i];
        }
        constexpr auto kernel = forward_kernel(Plan, Number).call; // names no other kernel, so links none
        return kernel(pointers) == 0;
    }

    template <std::size_t Number, int FirstTime>
    static constexpr auto arguments_of() {
        constexpr const plan::Kernel& kernel = forward_kernel(Plan, Number);
        const ArgumentsOf describe(Plan.layers[Number], map.layer(Number), FirstTime);
        std::array<Argument, kernel.signature.size()> arguments{};
        for (std::size_t i = 0; i < arguments.size(); ++i) {
            arguments[i] = describe(kernel.signature[i]);
        }
        return arguments;
    }

    // ---- States before and after ----

    struct Move {
        std::ptrdiff_t from, to;
    };
    template <std::size_t Count>
    static void move(const std::array<Move, Count>& moves, int width, float* memory) {
        for (const Move& m : moves) {
            copy(memory + m.from, width, memory + m.to);
        }
    }

    /// Those that another layer hands over.
    template <std::size_t Number>
    static constexpr auto initial_states() {
        std::array<Move, Plan.layers[Number].initial_states.size()> moves{};
        for (std::size_t s = 0; s < moves.size(); ++s) {
            const plan::StateSource& source = Plan.layers[Number].initial_states[s];
            const NodeMemory& from = map[source.node];
            const View start = source.state >= 0 ? from.final_state(source.state) : from.output;
            moves[s] = {start.offset, map.layer(Number).previous_state(static_cast<int>(s)).offset};
        }
        return moves;
    }

    template <std::size_t Number>
    static constexpr auto kept_states() {
        constexpr const plan::Layer& layer = Plan.layers[Number];
        constexpr bool keeps = OneStep || (layer.stateful && layer.initial_states.empty());
        std::array<Move, keeps ? layer.cell.states.size() : 0> moves{};
        for (std::size_t s = 0; s < moves.size(); ++s) {
            const int state = static_cast<int>(s);
            moves[s] = {map.layer(Number).final_state(state).offset,
                        map.layer(Number).previous_state(state).offset};
        }
        return moves;
    }
};

} // namespace timeloom::embedded
