// The update of a training step: sums the gradients of a batch, clips them, and lets the optimizer step.
#pragma once

#include "timeloom/runtime/base/aligned_buffer.hpp"
#include "timeloom/runtime/learning/embedding_tables.hpp"
#include "timeloom/runtime/learning/finite_bound.hpp"
#include "timeloom/runtime/learning/gradient_exchange.hpp"
#include "timeloom/runtime/learning/step_place.hpp"
#include "timeloom/runtime/parameters/gradient_clipper.hpp"
#include "timeloom/runtime/parameters/norm_constraint.hpp"
#include "timeloom/runtime/parameters/regularizer.hpp"
#include "timeloom/runtime/pass/batch_pass.hpp"

#include <optional>
#include <span>
#include <vector>

namespace timeloom::detail {

/// Holds the optimizer and the gradients. Some updates of rows of embeddings are postponed: whoever reads
/// parameters or moments calls make_up_all_rows() first.
class ParameterUpdate {
  public:
    /// Updates `parameters`, all of the plan, with the gradients of what `batch` has learned last. Both must
    /// outlive this.
    ParameterUpdate(const plan::Model& plan, std::span<float> parameters, BatchPass& batch);

    /// Starts anew with this optimizer. Throws Error, and changes nothing, for impossible options.
    void set_optimizer(const Optimizer& optimizer);
    bool has_optimizer() const { return optimizer_.has_value(); }
    OptimizerState& optimizer() { return *optimizer_; }
    std::span<const float> parameters() const { return parameters_; }

    /// What regularizers add to the loss.
    double penalty();
    /// True if updates of embedding rows are postponed until a batch names the rows; then name_rows() must be
    /// called after a batch is loaded and before it reads parameters.
    bool postpones_rows() const;
    void name_rows();
    /// One step of the optimizer. Where bounds cannot show that all it makes is finite, it is made with a
    /// copy at hand. Throws Error, and changes nothing, where something is not finite. `ranks`: those that
    /// have learned the batch together; null: it was learned here.
    void update(const StepPlace& place, Communicator* ranks);

    /// Makes the updates that were postponed.
    void make_up_all_rows();
    /// Parameters or moments have been changed from outside.
    void forget_bound() { bound_.forget(); }
    /// The optimizer's number of steps has been changed from outside; no row has postponed updates.
    void restart_rows() { tables_.restart(optimizer_ ? optimizer_->steps() : 0); }

    /// The batch's gradients, not regularized and not clipped, for who wants them instead of an update.
    std::span<const float> sum_gradients();
    void clear_embedding_gradients() { tables_.clear_gradients(0, 1); }

  private:
    template <class F>
    void for_each_part(F&& f);
    ParameterRange dense_part(std::size_t part, std::size_t parts) const;
    void sum_part(std::size_t part, std::size_t parts);
    void apply_part(std::size_t part, std::size_t parts);
    float largest_gradient();
    void change_gradients();
    bool can_step(float largest_gradient);
    void step();
    void step_with_a_copy(const StepPlace& place);
    [[noreturn]] void refuse_gradients(const StepPlace& place);

    const plan::Model& plan_;
    std::span<float> parameters_;
    BatchPass& batch_;
    aligned_buffer<float> gradients_;
    EmbeddingTables tables_;
    std::optional<GradientExchange> exchange_; ///< where several ranks train
    Regularizer regularizer_;
    NormConstraint constraint_;
    GradientClipper clipper_;
    std::optional<OptimizerState> optimizer_;
    FiniteBound bound_;               ///< also of postponed updates
    std::vector<float> part_largest_; ///< of the gradients of each part
};

} // namespace timeloom::detail
