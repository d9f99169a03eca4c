// A model that is run one time step at a time, as its input arrives.
#pragma once

#include "timeloom/runtime/base/nonblocking.hpp"
#include "timeloom/runtime/streams/stream_weights.hpp"

#include <cstdint>
#include <memory>
#include <span>

namespace timeloom {

/// One sequence without an end: each step runs all layers for one time step, from the states that the step
/// before left, and hands out what the last layer makes of it. Neither step() nor process() allocates memory,
/// takes a lock or calls the system, but to refuse what it is called with. Streams share weights but no
/// states: each may have a thread of its own.
class Stream {
  public:
    /// Over the weights of `model`, which must outlive the stream, while nobody trains the model or sets
    /// weights; in the middle of fit() embeddings may lag behind. Throws Error where the model has several
    /// inputs, a call of the user's own, or a layer that needs the whole sequence: one that reads it
    /// backwards, flattens, repeats or pools it, puts two of them one behind the other, or hands its states
    /// to another.
    explicit Stream(const Model& model);
    /// Over weights that another thread may replace at any time.
    explicit Stream(const StreamWeights& weights);
    ~Stream();
    Stream(Stream&&) noexcept;
    Stream& operator=(Stream&&) noexcept;

    /// (features) → (units of the last layer), valid until the next step. Throws Error for another number of
    /// features and for values that are not finite; the states are then as they were.
    std::span<const float> step(std::span<const float> features) TIMELOOM_NONBLOCKING;
    /// The same for a model that reads token ids.
    std::span<const float> step(std::int32_t token) TIMELOOM_NONBLOCKING;

    /// So many steps in one call, with the same bits: (samples, features) → (samples, units of the last
    /// layer). `output` may be `input` where a sample has no more units than features. False, with states and
    /// output as they were, where a feature is infinite or no number. Throws Error where input or output have
    /// another size.
    [[nodiscard]] bool process(std::span<const float> input, std::span<float> output,
                               std::size_t samples) TIMELOOM_NONBLOCKING;
    /// The same for a model that reads token ids; false where one is none of its.
    [[nodiscard]] bool process(std::span<const std::int32_t> tokens, std::span<float> output,
                               std::size_t samples) TIMELOOM_NONBLOCKING;

    /// Units of the last layer.
    std::size_t output_width() const;

    /// Lets the next step start from zeros.
    void reset_states() TIMELOOM_NONBLOCKING;

  private:
    class Impl;
    Impl& impl() const TIMELOOM_NONBLOCKING;
    std::unique_ptr<Impl> impl_;
};

} // namespace timeloom
