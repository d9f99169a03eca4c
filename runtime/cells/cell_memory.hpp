// What one thread keeps of a cell over all time steps: states, workspace, gradients.
#pragma once

#include "timeloom/runtime/base/aligned_buffer.hpp"
#include "timeloom/runtime/plan/model.hpp"
#include "timeloom/runtime/sequences/sequence_view.hpp"

#include <vector>

namespace timeloom::detail {

/// Buffers for the rows and time steps of the input, each made when it is first asked for. States have one
/// slot more than there are time steps, for what lies before the first one.
class CellMemory {
  public:
    CellMemory(const plan::Layer& layer, const plan::Tuning& tuning);

    /// What backward keeps of each piece of time: only the present one's, or all.
    enum class Pieces { one, all };

    /// Views asked for before become invalid.
    void reshape(const SequenceView& input, Pieces kept = Pieces::one) { input_ = input, kept_ = kept; }
    /// Backward runs in pieces of at most this many time steps.
    int steps_of_piece() const;
    bool keeps_all_pieces() const { return kept_ == Pieces::all; }

    SequenceView previous_state(int s) { return sequence(states_[at(s)], 1, 0); }
    SequenceView next_state(int s) { return sequence(states_[at(s)], 1, 1); }
    SequenceView output() { return sequence(output_, 0, 0); }
    SequenceView saved(int item) { return sequence(saved_, 0, 0, layer_.cell.saved, item); }

    // Backward works through time in pieces, so that these stay in the cache. The memory of a piece holds its
    // time steps and, behind them, the step that follows it.

    /// The gradients of one gate. A time step holds all rows of gate 0, then all rows of gate 1, and so on.
    SequenceView gates(int gate) { return piece(gates_, 0, layer_.cell.gates, gate); }
    SequenceView later_gates(int gate) { return piece(gates_, 1, layer_.cell.gates, gate); }
    SequenceView direct_state(int s) { return piece(direct_[at(s)], 0); }
    SequenceView later_direct_state(int s) { return piece(direct_[at(s)], 1); }
    SequenceView direct_input() { return piece(direct_input_, 0); }
    /// Makes room for the next piece, of `steps` time steps before those of the last one. What flows back
    /// into its last step is kept, or is nothing where that is the last one of a window.
    void begin_piece(int steps, bool is_last_of_window);

    SequenceView diff_output() { return sequence(diff_output_, 0, 0); }
    SequenceView diff_input();

    /// Gradients with respect to the states after the last and before the first time step; one time step
    /// long.
    SequenceView diff_final_state(int s) { return boundary(diff_final_[at(s)]); }
    SequenceView diff_initial_state(int s) { return boundary(diff_initial_[at(s)]); }

    /// What nothing flows back from: zeros in the shape of diff_final_state().
    SequenceView zero_state() { return boundary(zeros_); }

    /// The values that matrices or vectors of the cell multiplied at every step.
    SequenceView operand(const plan::Operand& operand);

    /// Zeroes the states before the first step.
    void clear_initial_states();
    void clear_diff_final_states();
    /// Zeroes the gradient of the output at every step.
    void clear_diff_output();

  private:
    static std::size_t at(int i) { return static_cast<std::size_t>(i); }
    SequenceView sequence(aligned_buffer<float>& memory, int extra_slots, int first_slot,
                          int values_per_row = 1, int value = 0);
    SequenceView piece(aligned_buffer<float>& memory, int first_slot, int values = 1, int value = 0);
    SequenceView boundary(aligned_buffer<float>& memory);

    const plan::Layer& layer_;
    int cache_; ///< floats of a core's cache
    SequenceView input_;
    Pieces kept_ = Pieces::one;
    aligned_buffer<float> output_, saved_, gates_, direct_input_, diff_output_, diff_input_, zeros_;
    std::vector<aligned_buffer<float>> states_, direct_, diff_final_, diff_initial_;
};

} // namespace timeloom::detail
