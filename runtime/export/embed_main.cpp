#include "timeloom/runtime/export/embed_main.hpp"

#include "timeloom/runtime/export/embedded_text.hpp"
#include "timeloom/runtime/export/script_text.hpp"
#include "timeloom/runtime/files/atomic_write.hpp"
#include "timeloom/runtime/model/model.hpp"
#include "timeloom/runtime/parameters/model_parameters.hpp"

#include <exception>
#include <iostream>
#include <vector>

namespace timeloom {

using namespace detail;

EmbeddedModel embed_model(const plan::Model& plan, std::size_t floats, const std::filesystem::path& weights) {
    Model model(plan, {.threads = 1});
    model.load_weights(weights);
    std::vector<float> buffer(plan.parameters_size);
    for (const plan::Parameter& p : plan.parameters) {
        const Tensor values = model.get_weights(std::string(p.name));
        pack(p, values.values(), buffer);
    }
    return {embedded::header_text(plan, floats), embedded::source_text(plan, buffer),
            embedded::script_text(plan, floats)};
}

int embed_main(int argc, char** argv, const plan::Model& plan, std::size_t floats) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() != 3 || arguments[1] != "--out") {
        std::cerr << "usage: " << argv[0] << " WEIGHTS --out FOLDER\n";
        return 2;
    }
    try {
        const EmbeddedModel embedded = embed_model(plan, floats, arguments[0]);
        const std::filesystem::path folder = arguments[2];
        const std::string name(plan.name);
        write_file_atomically(folder / (name + ".h"), embedded.header);
        write_file_atomically(folder / (name + "_embedded.cpp"), embedded.source);
        write_file_atomically(folder / (name + ".mjs"), embedded.script);
        return 0;
    } catch (const std::exception& error) {
        std::cerr << argv[0] << ": " << error.what() << '\n';
        return 1;
    }
}

} // namespace timeloom
