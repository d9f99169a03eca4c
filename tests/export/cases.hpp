// Models with weights and inputs that are the same everywhere: test_export and write_export_files make files
// of them.
#pragma once

#include "amp.timeloom.hpp"
#include "both_ends.timeloom.hpp"
#include "everything.timeloom.hpp"
#include "gated.timeloom.hpp"
#include "keras_regression.timeloom.hpp"
#include "shared_by_all.timeloom.hpp"
#include "tagger.timeloom.hpp"
#include "words_of_cells.timeloom.hpp"

#include "timeloom/runtime/model/model.hpp"
#include "timeloom/runtime/simd/random.hpp"

#include <array>

namespace timeloom::tests {

inline constexpr std::array exported_models{
    &amp_inference_plan,    &both_ends_inference_plan,        &everything_inference_plan,
    &gated_inference_plan,  &keras_regression_inference_plan, &shared_by_all_inference_plan,
    &tagger_inference_plan, &words_of_cells_inference_plan};

inline Model exported_model(const plan::Model& plan) {
    Model model(plan, {.threads = 1});
    Random random(11);
    for (const std::string& name : model.weight_names()) {
        Tensor values = model.get_weights(name);
        for (float& value : values.values()) {
            value = random.uniform(-0.5f, 0.5f);
        }
        model.set_weights(name, values);
    }
    return model;
}

/// Three samples for each input of a model.
class ExportedInputs {
  public:
    static constexpr std::size_t rows = 3;

    explicit ExportedInputs(const plan::Model& plan) : plan_(plan) {
        Random random(5);
        for (const plan::Input& input : plan.inputs) {
            const auto steps = static_cast<std::size_t>(input.timesteps);
            const auto features = static_cast<std::size_t>(input.features);
            vectors.emplace_back(input.is_sequence ? Shape{rows, steps, features} : Shape{rows, features});
            for (float& value : vectors.back().values()) {
                value = random.uniform(-1, 1);
            }
            tokens.push_back({rows, steps, std::vector<std::int32_t>(rows * steps)});
            for (std::int32_t& token : tokens.back().values) {
                token = static_cast<std::int32_t>(random.below(9));
            }
        }
    }

    Tensor predicted_by(Model& model) const {
        const auto input = [&](std::size_t i) {
            return plan_.inputs[i].features == 0 ? Input(tokens[i])
                   : plan_.inputs[i].is_ragged   ? Input(vectors[i], lengths)
                                                 : Input(vectors[i]);
        };
        return plan_.inputs.size() == 1 ? model.predict(input(0)) : model.predict({input(0), input(1)});
    }

    std::vector<Tensor> vectors;
    std::vector<TokenMatrix> tokens;
    std::vector<int> lengths{12, 7, 1}; ///< of a ragged input

  private:
    const plan::Model& plan_;
};

} // namespace timeloom::tests
