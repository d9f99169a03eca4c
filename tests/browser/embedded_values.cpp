// Prints as JSON what the runtime computes of the models that tests link with their weights: for each model a
// list of calls in order, each with the arguments of JavaScript's step() or predict() and the output.
#include "amp.timeloom.hpp"
#include "everything.timeloom.hpp"
#include "keras_classification.timeloom.hpp"
#include "ongoing.timeloom.hpp"
#include "tagger.timeloom.hpp"
#include "wide.timeloom.hpp"
#include "words_of_cells.timeloom.hpp"

#include "timeloom/runtime/streams/stream.hpp"
#include "timeloom/tests/support/training_data.hpp"

#include <nlohmann/json.hpp>

#include <iostream>

using namespace timeloom;
using nlohmann::json;

namespace {

Model trained(const plan::Model& plan) {
    Model model(plan, {.threads = 1});
    model.load_weights(std::string(WEIGHTS_FOLDER) + "/" + std::string(plan.name) + ".safetensors");
    return model;
}

void add_call(json& calls, const json& arguments, std::span<const float> output) {
    calls.push_back({{"arguments", arguments}, {"output", output}});
}

json steps_of(const plan::Model& plan) {
    const Model model = trained(plan);
    Stream stream(model);
    const auto features = static_cast<std::size_t>(plan.inputs[0].features);
    const Tensor x = random_tensor({1, 50, features}, 5);
    json calls;
    for (std::size_t t = 0; t < 50; ++t) {
        const auto values = x.values().subspan(t * features, features);
        add_call(calls, json::array({values}), stream.step(values));
    }
    return calls;
}

json steps_of_words() {
    const Model model = trained(keras_classification_plan);
    Stream stream(model);
    json calls;
    for (const std::int32_t token : {3, 0, 10, 7, 7, 1}) {
        add_call(calls, json::array({token}), stream.step(token));
    }
    return calls;
}

json sequences_that_go_on() {
    Model model = trained(ongoing_plan);
    json calls;
    for (std::uint64_t part = 0; part < 3; ++part) {
        const Tensor x = random_tensor({1, 7, 3}, part);
        add_call(calls, json::array({x.values()}), model.predict(x).values());
    }
    return calls;
}

json sequences_of_words() {
    Model model = trained(words_of_cells_plan);
    json calls;
    for (const TokenMatrix& x : {TokenMatrix{1, 9, {3, 299, 0, 0, 7, 7, 150, 2, 0}},
                                 TokenMatrix{1, 9, {0, 1, 2, 3, 4, 5, 6, 7, 8}}}) {
        add_call(calls, json::array({x.values}), model.predict(x).values());
    }
    return calls;
}

json sequences_of_all_layers() {
    Model model = trained(everything_inference_plan);
    Tensor x = random_tensor({1, 12, 4}, 3);
    std::ranges::fill(x.values().subspan(8, 4), -1.0f); // step 2 is masked
    json calls;
    for (const int length : {12, 5, 1, 9}) {
        const std::vector<int> lengths{length};
        const TokenMatrix words{1, 5, {3, 0, 8, length % 9, 0}};
        const Tensor y = model.predict({Input(x, lengths), Input(words)});
        add_call(calls, json::array({x.values(), length, words.values}), y.values());
    }
    return calls;
}

} // namespace

int main() {
    const json values{{"amp", steps_of(amp_inference_plan)},      {"everything", sequences_of_all_layers()},
                      {"keras_classification", steps_of_words()}, {"ongoing", sequences_that_go_on()},
                      {"tagger", steps_of(tagger_plan)},          {"wide", steps_of(wide_plan)},
                      {"words_of_cells", sequences_of_words()}};
    std::cout << values << '\n';
    return 0;
}
