// A plan over another number of time steps: kernels serve any.
#pragma once

#include "timeloom/runtime/plan/model.hpp"

#include <vector>

namespace timeloom::plan {

/// The plan of a model all of whose sequences are to have `timesteps` steps, of one whose have all the same
/// number.
class OverTime {
  public:
    OverTime(const Model& model, int timesteps)
        : inputs_(model.inputs.begin(), model.inputs.end()),
          layers_(model.layers.begin(), model.layers.end()), model_(model) {
        for (Input& input : inputs_) {
            input.timesteps = input.timesteps > 1 ? timesteps : input.timesteps;
        }
        for (Layer& layer : layers_) {
            layer.timesteps = layer.timesteps > 1 ? timesteps : layer.timesteps;
        }
        model_.inputs = inputs_;
        model_.layers = layers_;
    }
    OverTime(const OverTime&) = delete;
    OverTime& operator=(const OverTime&) = delete;

    const Model& model() const { return model_; }

  private:
    std::vector<Input> inputs_;
    std::vector<Layer> layers_;
    Model model_;
};

} // namespace timeloom::plan
