// write_machine_files FOLDER: what test_machines reads, on every machine. The folder is named by the
// processor that wrote it.
#include "work_of_machine.hpp"

#include "timeloom/runtime/weights/weights_file.hpp"

#include <cstdio>
#include <exception>

using namespace timeloom;
using namespace timeloom::tests;

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: write_machine_files FOLDER\n");
        return 2;
    }
    try {
        const std::filesystem::path folder = argv[1];
        std::filesystem::create_directories(folder);
        const auto all = draws();
        std::vector<NamedValues> values;
        for (const auto& [name, tensor] : all) {
            values.push_back({name, tensor.shape(), tensor.values()});
        }
        save_weights(folder / "draws.safetensors", "draws", values);
        Model model = untrained();
        model.save_weights(folder / "initial.safetensors");
        train(model, first_epochs);
        model.save_checkpoint(folder / "checkpoint.safetensors");
        train(model, last_epochs);
        model.save_weights(folder / "trained.safetensors");
        fitted().save(folder / "results.json");
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
