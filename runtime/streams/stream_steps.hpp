// How a stream makes its time steps: by one kernel for all layers, or layer by layer.
#pragma once

#include "timeloom/runtime/base/nonblocking.hpp"
#include "timeloom/runtime/pass/layer_graph.hpp"

#include <cstdint>
#include <memory>

namespace timeloom::detail {

/// The states of one sequence, and the work of a time step.
class StreamSteps {
  public:
    virtual ~StreamSteps() = default;

    /// Each sample's features, or of a model that reads token ids one of `tokens`, to (units) of the last
    /// layer, one sample behind the other. `output` may be `input` where it has no more values.
    virtual void run(const float* parameters, const float* input, const std::int32_t* tokens, float* output,
                     int samples) TIMELOOM_NONBLOCKING = 0;
    virtual void reset_states() TIMELOOM_NONBLOCKING = 0;
    /// Values of a sample's output.
    virtual int output_width() const = 0;
};

/// The best there is for the model. Where `copies_parameters` run() may be called with other ones than
/// before; they are `parameters` at first.
std::unique_ptr<StreamSteps> make_stream_steps(const plan::Model& plan, const float* parameters,
                                               bool copies_parameters);

} // namespace timeloom::detail
