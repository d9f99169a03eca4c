// Weights that one thread replaces while streams read them in others.
#pragma once

#include "timeloom/runtime/model/model.hpp"

#include <memory>

namespace timeloom {

/// A copy of a model's weights that any number of streams read, each in a thread of its own, while another
/// thread hands over new ones. A stream takes them up at the beginning of its next call of step() or
/// process(), with one exchange of a pointer: it waits for nobody, and a call never mixes old weights with
/// new. States stay as they are. Both the model and this object may end before the streams.
class StreamWeights {
  public:
    /// Those that `model` has now. Throws Error where the model was moved from.
    explicit StreamWeights(const Model& model);
    ~StreamWeights();
    StreamWeights(StreamWeights&&) noexcept;
    StreamWeights& operator=(StreamWeights&&) noexcept;

    /// Hands over those that `model` has now, which must have the same plan, or throws Error. Allocates their
    /// copy and frees copies that no stream reads any more; any thread but a real-time one may call it.
    void publish(const Model& model);

  private:
    friend class Stream;
    class Impl;
    Impl& impl(const char* member) const;
    std::shared_ptr<Impl> impl_;
};

} // namespace timeloom
