// What one thread keeps and does for one layer while it works on its rows of a batch.
#pragma once

#include "timeloom/runtime/plan/kernel.hpp"
#include "timeloom/runtime/plan/model.hpp"
#include "timeloom/runtime/sequences/sequence_view.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace timeloom::detail {

/// Where the parameters of a model are, and what the backward pass derives from them once a step.
struct ParameterView {
    const float* values = nullptr;
    const float* transposed = nullptr; ///< transposed matrices of all layers
};

class KeptStates;

/// What a pass over a batch depends on beside the input: never the number of threads.
struct StepContext {
    bool training = false;
    std::uint64_t seed = 0; ///< of a training step's random numbers, with its number
    std::uint64_t step = 0;
    int first_row = 0;            ///< number of the first row within the batch
    KeptStates* states = nullptr; ///< of stateful layers, for the whole batch
};

/// Views stay valid, and the same, until the next prepare().
class LayerWork {
  public:
    virtual ~LayerWork() = default;

    /// Makes room for what the layer reads and returns the view that forward() will fill.
    virtual SequenceView prepare(std::span<const SequenceView> inputs, bool training) = 0;
    /// Takes the view that the gradient of this layer's output will come in; returns those that the gradients
    /// of its inputs will come in, none where nothing flows back.
    virtual std::vector<SequenceView> prepare_backward(const SequenceView& diff_output) = 0;

    virtual void forward(const StepContext& context) = 0;
    /// True if forward_steps() does the same, called for one piece of time after the other. All pieces but
    /// the last should have a multiple of steps_together() steps.
    virtual bool runs_in_pieces() const { return false; }
    virtual int steps_together() const { return 1; }
    virtual void forward_steps(const StepContext&, int /*first*/, int /*count*/) {}
    /// Adds the gradients of this layer's parameters to `gradients` (laid out as the parameters are, from
    /// dense_begin).
    virtual void backward(const StepContext& context, float* gradients) = 0;

    /// True if backward() also produces the gradients of the inputs.
    bool needs_input_gradient = true;
};

} // namespace timeloom::detail
