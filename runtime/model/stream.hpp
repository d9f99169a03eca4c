// A model that is run one time step at a time, as its input arrives.
#pragma once

#include "timeloom/runtime/model/model.hpp"

#include <cstdint>
#include <memory>
#include <span>

namespace timeloom {

/// One sequence without an end: each step runs all layers for one time step, from the states that the step
/// before left, and hands out what the last layer makes of it. Allocates nothing after it is made. Streams
/// share their model's parameters but no states: each may have a thread of its own while nobody trains the
/// model or sets weights; in the middle of fit() embeddings may lag behind. The model must outlive its
/// streams.
class Stream {
  public:
    /// Throws Error where the model has several inputs, a call of the user's own, or a layer that needs the
    /// whole sequence: one that reads it backwards, flattens, repeats or pools it, puts two of them one
    /// behind the other, or hands its states to another.
    explicit Stream(const Model& model);
    ~Stream();
    Stream(Stream&&) noexcept;
    Stream& operator=(Stream&&) noexcept;

    /// (features) → (units of the last layer), valid until the next step. Throws Error for another number of
    /// features and for values that are not finite; the states are then as they were.
    std::span<const float> step(std::span<const float> features);
    /// The same for a model that reads token ids.
    std::span<const float> step(std::int32_t token);

    /// Lets the next step start from zeros.
    void reset_states();

  private:
    class Impl;
    Impl& impl() const;
    std::unique_ptr<Impl> impl_;
};

} // namespace timeloom
