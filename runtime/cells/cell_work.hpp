// A cell run over time, forward and backward, for one thread's rows.
#pragma once

#include "timeloom/runtime/cells/looked_up_input.hpp"

#include <span>
#include <vector>

namespace timeloom::detail {

class CellWork final : public LayerWork {
  public:
    /// Does the work of the cell layer that stands at `position` in the plan.
    CellWork(const plan::Model& model, int position, ParameterView parameters);
    CellWork(const CellWork&) = delete;
    CellWork& operator=(const CellWork&) = delete;

    SequenceView prepare(std::span<const SequenceView> inputs, bool training) override;
    std::vector<SequenceView> prepare_backward(const SequenceView& diff_output) override;
    void forward(const StepContext& context) override;
    bool runs_in_pieces() const override;
    int steps_together() const override { return layer_.unroll; }
    void forward_steps(const StepContext& context, int first, int count) override;
    void backward(const StepContext& context, float* gradients) override;

    /// To be called after prepare() where the input is an embedding's output: `input` serves all cells that
    /// do the layer's work on a batch, `numbers` are those of its rows at each step.
    void look_up_input(LookedUpInput& input, const SequenceView& numbers);
    /// True if the present batch's input is looked up: then none of its values is read, nor flows anything
    /// back to it.
    bool looks_up_input() const { return looked_up_ != nullptr && looked_up_->is_used(); }

    // ---- States that other layers hand over or take ----

    int units() const { return layer_.units; }
    int output_state() const { return layer_.cell.output_state; }
    int state_count() const { return layer_.cell.state_count(); }
    /// To be called where other layers fill initial_state(): then kept states are not taken up.
    void let_initial_states_be_given() { initial_states_are_given_ = true; }
    SequenceView initial_state(int state) { return memory_.previous_state(state).steps(0, 1); }
    SequenceView final_state(int state);
    /// To be called before prepare_backward() where other layers read final_state().
    void let_final_states_be_read() { arguments_.final_states_are_read = true; }
    void clear_diff_final_states() { memory_.clear_diff_final_states(); }
    void add_to_diff_final_state(int state, const SequenceView& diff);
    /// Computes the gradient by the states before the first time step, from what the last backward() left;
    /// diff_initial_state() then shows it.
    void initial_state_gradient() { initial_gradient_(); }
    SequenceView diff_initial_state(int state) { return memory_.diff_initial_state(state); }
    SequenceView diff_final_state(int state) { return memory_.diff_final_state(state); }

    // ---- For tests ----

    SequenceView states(int state) { return memory_.next_state(state); }
    SequenceView saved(int item) { return memory_.saved(item); }

  private:
    SequenceView in_order_of_reading(const SequenceView& v) const;
    KernelCall bind(plan::KernelKind kind) const;
    KernelCall bind_forward(bool training) const;
    bool takes_turns() const;
    void prepare_masks(bool training);
    void let_all_steps_count();
    void apply_input_dropout(const StepContext& context);
    void draw_recurrent_mask(const StepContext& context);
    void multiply_by_mask(const SequenceView& from, const SequenceView& to) const;
    void take_up_states(const StepContext& context);
    void keep_states(const StepContext& context);
    void place_diff_output();
    void go_back(int first, int last, KernelCall& backward, float* gradients);
    void accumulate_gradients(int first, int count, float* gradients);

    struct ForwardCall {
        KernelCall call;
        int first = 0, count = 0; ///< selected time steps
        bool turns = false;       ///< even and odd time steps differ, also of calls of one step each
        int number = 0;           ///< of the first selected step

        void run_steps(int first_step, int steps);
    };

    const plan::Tuning& tuning_;
    const plan::Layer& layer_;
    int position_;
    LayerKernels kernels_;
    CellMemory memory_;
    CellArguments arguments_;
    bool initial_states_are_given_ = false;
    SequenceView unmasked_input_;
    aligned_buffer<float> masked_input_, mask_, recurrent_mask_, full_mask_;
    std::vector<float> mask_row_;
    LookedUpInput* looked_up_ = nullptr;
    SequenceView row_numbers_;
    ForwardCall forward_, forward_looked_up_;
    KernelCall backward_, backward_in_earlier_window_, initial_gradient_, input_gradient_, vector_gradient_;
    std::vector<WeightGradient> weight_gradients_;
};

} // namespace timeloom::detail
