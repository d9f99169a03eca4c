// Writes the weights of the models that tests link: write_weights MODEL FILE. They are those of a seed,
// shaken so that biases are not zeros.
#include "amp.timeloom.hpp"
#include "everything.timeloom.hpp"
#include "keras_classification.timeloom.hpp"
#include "ongoing.timeloom.hpp"
#include "tagger.timeloom.hpp"
#include "wide.timeloom.hpp"
#include "words_of_cells.timeloom.hpp"

#include "timeloom/runtime/model/model.hpp"
#include "timeloom/runtime/simd/random.hpp"

#include <iostream>
#include <map>

int main(int argc, char** argv) {
    using namespace timeloom;
    static const std::map<std::string, const plan::Model*> plans{
        {"amp", &amp_inference_plan},
        {"everything", &everything_inference_plan},
        {"keras_classification", &keras_classification_inference_plan},
        {"ongoing", &ongoing_inference_plan},
        {"tagger", &tagger_inference_plan},
        {"wide", &wide_inference_plan},
        {"words_of_cells", &words_of_cells_inference_plan}};
    if (argc != 3 || !plans.contains(argv[1])) {
        std::cerr << "usage: write_weights MODEL FILE\n";
        return 2;
    }
    Model model(*plans.at(argv[1]), {.seed = 7, .threads = 1});
    Random random(11);
    for (const std::string& name : model.weight_names()) {
        Tensor values = model.get_weights(name);
        for (float& value : values.values()) {
            value += random.uniform(-0.2f, 0.2f);
        }
        model.set_weights(name, values);
    }
    model.save_weights(argv[2]);
}
