// write_export_files FOLDER: the files that tests/export_values.py runs in other frameworks, and cases.json
// with inputs and our outputs.
#include "cases.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <iostream>

int main(int argc, char** argv) {
    using namespace timeloom;
    if (argc != 2) {
        std::cerr << "usage: write_export_files FOLDER\n";
        return 2;
    }
    const std::filesystem::path folder = argv[1];
    std::filesystem::create_directories(folder);
    nlohmann::json cases;
    for (const plan::Model* const plan : tests::exported_models) {
        Model model = tests::exported_model(*plan);
        const tests::ExportedInputs inputs(*plan);
        const std::string name(plan->name);
        model.save_onnx(folder / (name + ".onnx"));
        nlohmann::json& one = cases[name];
        for (std::size_t i = 0; i < plan->inputs.size(); ++i) {
            const plan::Input& input = plan->inputs[i];
            const std::string input_name(input.name);
            if (input.features > 0) {
                const Tensor& x = inputs.vectors[i];
                one["inputs"][input_name] = {{"shape", std::vector(x.shape().begin(), x.shape().end())},
                                             {"values", std::vector(x.values().begin(), x.values().end())}};
            } else {
                one["inputs"][input_name] = {{"shape", {inputs.rows, inputs.tokens[i].columns}},
                                             {"tokens", inputs.tokens[i].values}};
            }
            if (input.is_ragged) {
                one["inputs"][input_name + "_lengths"] = {{"shape", {inputs.rows}},
                                                          {"tokens", inputs.lengths}};
            }
        }
        const Tensor y = inputs.predicted_by(model);
        one["ours"] = std::vector(y.values().begin(), y.values().end());
    }
    Model model = tests::exported_model(shared_by_all_inference_plan);
    model.save_weights(folder / "shared_by_all.pytorch.safetensors", WeightNames::pytorch);
    model.save_weights(folder / "shared_by_all.keras.safetensors", WeightNames::keras);
    std::ofstream(folder / "cases.json") << cases.dump();
}
