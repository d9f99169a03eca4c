// The program import_model: a trained file becomes a declaration, its weights and a replay vector.
#include "timeloom/generators/import/declaration/declaration.hpp"
#include "timeloom/generators/import/formats/gate_table.hpp"
#include "timeloom/generators/import/import_file.hpp"
#include "timeloom/runtime/error.hpp"

#include <charconv>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

namespace timeloom::importing {

namespace {

constexpr const char* usage = R"(usage: import_model FILE --out FOLDER [options]
       import_model --formats

Writes NAME.hpp (a declaration), weights.safetensors and replay.safetensors into FOLDER. With --formats it prints how
each format keeps the weights of recurrent cells.

  --name NAME       the model's name (default: the file's, before its first dot)
  --timesteps N     how many time steps it reads, where the file leaves that open
  --config FILE     Keras's model.to_json(), for a file that holds weights alone
  --layers TEXT     of PyTorch's state_dict, its modules in their order: "emb embedding, lstm, last, fc, sigmoid"
  --replay FILE     safetensors with "input" and "output" that the model's framework computed, which
                    are compared and kept, instead of those that import_model makes
)";

struct Arguments {
    std::filesystem::path file, out, replay;
    std::string name;
    ImportOptions options;
};

int integer(const std::string& text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 1)
        throw Error("import_model: --timesteps needs a number of at least 1, not '" + text + "'");
    return value;
}

Arguments parse(const std::vector<std::string>& given) {
    Arguments result;
    for (std::size_t i = 0; i < given.size(); ++i) {
        const std::string& option = given[i];
        if (!option.starts_with("--")) {
            if (!result.file.empty())
                throw Error("import_model: it imports one file at a time, but is given '" + option + "' too");
            result.file = option;
            continue;
        }
        if (i + 1 == given.size())
            throw Error("import_model: " + option + " needs a value");
        const std::string& value = given[++i];
        if (option == "--out")
            result.out = value;
        else if (option == "--name")
            result.name = value;
        else if (option == "--timesteps")
            result.options.timesteps = integer(value);
        else if (option == "--config")
            result.options.config = value;
        else if (option == "--layers")
            result.options.layers = value;
        else if (option == "--replay")
            result.replay = value;
        else
            throw Error("import_model: unknown option " + option);
    }
    if (result.file.empty() || result.out.empty())
        throw Error(std::string("import_model: FILE and --out FOLDER are needed\n\n") + usage);
    if (result.name.empty()) {
        const std::string name = result.file.filename().string();
        result.name = name.substr(0, name.find('.'));
        if (is_declaration_word(result.name))
            result.name += "_model";
    }
    require_model_name(result.name);
    return result;
}

void run(const std::vector<std::string>& given) {
    const Arguments arguments = parse(given);
    const Description description = import_file(arguments.file, arguments.options);
    const Replay replay =
        arguments.replay.empty() ? make_replay(description) : read_replay(arguments.replay, description);
    write_import(arguments.out, arguments.name, description, replay, arguments.file);
    std::printf("%s: %zu layers of %s, in %s\n", arguments.name.c_str(), description.layers.size(),
                description.origin.c_str(), arguments.out.c_str());
    for (const std::string& note : description.notes)
        std::printf("%s\n", note.c_str());
}

} // namespace

} // namespace timeloom::importing

int main(int argc, char** argv) {
    const std::vector<std::string> given(argv + 1, argv + argc);
    if (given == std::vector<std::string>{"--help"}) {
        std::fputs(timeloom::importing::usage, stdout);
        return 0;
    }
    if (given == std::vector<std::string>{"--formats"}) {
        std::fputs(timeloom::importing::gate_table_text().c_str(), stdout);
        return 0;
    }
    try {
        timeloom::importing::run(given);
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
