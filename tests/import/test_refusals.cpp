// What cannot be imported is refused by name.
#include "../support/temporary_folder.hpp"
#include "cases.hpp"

#include "timeloom/generators/import/import_file.hpp"
#include "timeloom/runtime/error.hpp"

#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

using namespace timeloom;
using namespace timeloom::importing;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

const std::string folder = "golden/import/";

json config_of(const std::string& name) { return golden::read("import/" + name + ".config.json"); }

/// Imports the weights with a configuration in which `change` changed something.
template <class Change>
void check_config(const std::string& name, Change&& change, const std::string& sentence) {
    const TemporaryFolder temporary;
    json config = config_of(name);
    change(config);
    const ImportOptions options{.config = temporary.write("config.json", config.dump())};
    CAPTURE(sentence);
    CHECK_THROWS_WITH(import_file(folder + name + ".weights.h5", options), Contains(sentence));
}

/// The configuration of the model's layer `number`.
json& layer(json& config, std::size_t number) { return config["config"]["layers"][number]["config"]; }

void check_text(const std::string& file, const std::string& content, const std::string& sentence) {
    const TemporaryFolder temporary;
    CAPTURE(file, sentence);
    CHECK_THROWS_WITH(import_file(temporary.write(file, content), {}), Contains(sentence));
}

} // namespace

TEST_CASE("Options of Keras's layers that Timeloom lacks are refused by name") {
    const auto inner = [](json& c) -> json& { return layer(c, 1)["layer"]["config"]; };
    check_config(
        "gru_both_ways", [&](json& c) { inner(c)["activation"] = "gelu"; },
        "activation 'gelu' cannot be imported");
    check_config(
        "gru_both_ways", [&](json& c) { inner(c)["units"] = 4; }, "differ in their options");
    check_config(
        "gru_both_ways", [&](json& c) { layer(c, 1)["merge_mode"] = nullptr; }, "merge_mode must be concat");
    check_config(
        "gru_both_ways", [&](json& c) { layer(c, 1)["dtype"] = "mixed_float16"; },
        "it computes in mixed_float16");
    check_config(
        "gru_both_ways", [&](json& c) { c["config"]["layers"][2]["class_name"] = "BatchNormalization"; },
        "(BatchNormalization): layers of this class cannot be imported");
    check_config(
        "gru_both_ways",
        [&](json& c) {
            layer(c, 0)["batch_shape"] = {nullptr, nullptr, 2};
        },
        "leaves its number of time steps open; give it with --timesteps");
    check_config(
        "gru_both_ways",
        [&](json& c) {
            layer(c, 0)["batch_shape"] = {nullptr, 5, 3};
        },
        "kernel has the shape (2, 9)");
    check_config(
        "gru_both_ways", [&](json& c) { c["class_name"] = "MyModel"; }, "the model is of class MyModel");
    check_config(
        "joins",
        [&](json& c) {
            c["config"]["output_layers"] = {{"a", 0, 0}, {"b", 0, 0}};
        },
        "has 2 outputs");
    check_config(
        "stacked_cells", [&](json& c) { layer(c, 1)["cell"]["config"]["cells"][0]["class_name"] = "MyCell"; },
        "its cell must be a SimpleRNN, LSTM or GRU");
}

TEST_CASE("A state_dict needs its modules' order, and says what it has") {
    const std::string words = folder + "torch_words.safetensors";
    CHECK_THROWS_WITH(import_file(words, {}), Contains("it has the modules 'emb', 'fc', 'lstm', 'norm'"));
    const auto check = [&](const std::string& layers, const std::string& sentence) {
        CAPTURE(layers);
        CHECK_THROWS_WITH(import_file(words, {.timesteps = 5, .layers = layers}), Contains(sentence));
    };
    check("emb, lstm, last, fc", "may be an Embedding or a Linear");
    check("emb embedding, lstm, last, fc", "module 'norm' of the file stands nowhere in --layers");
    check("emb embedding, lstm, norm, lastly, fc", "'lastly', which is no module of the file");
    check("emb embedding, lstm, , fc", "an empty place between two commas");
    check("emb embedding, lstm, lstm, norm, fc", "stands in --layers twice");
    check("lstm, norm, fc, emb", "kernel has the shape");
    CHECK_THROWS_WITH(
        import_file(folder + "torch_gru_1_both.safetensors", {.timesteps = 5, .layers = "rnn, last, fc"}),
        Contains("'final' takes the last one of both directions"));
    CHECK_THROWS_WITH(
        import_file(folder + "refused_proj_size.safetensors", {.timesteps = 5, .layers = "rnn"}),
        Contains("is an LSTM with proj_size"));
}

TEST_CASE("RTNeural's and Neural Amp Modeler's other layers are refused by name") {
    check_text("a.json",
               R"({"in_shape":[1],"layers":[{"type":"conv1d","shape":[null,null,2],"weights":[]}]})",
               "layer 1 (conv1d): layers of this type cannot be imported");
    check_text("a.nam", R"({"architecture":"WaveNet"})", "its architecture is WaveNet");
    check_text("a.nam",
               R"({"architecture":"LSTM","config":{"hidden_size":2,"num_layers":1},"weights":[1,2]})",
               "the model has 2 weights, but its layers need more");
    check_text("a.nam",
               R"({"architecture":"LSTM","config":{"hidden_size":100000000,"num_layers":1},"weights":[]})",
               "a size of 100000000");
}

TEST_CASE("Files that are damaged, or others than they seem, get one sentence") {
    check_text("a.keras", "PK\x03\x04 no archive", "it is no zip archive that can be read");
    check_text("a.h5", "\x89HDF\r\n\x1a\nnothing", "cannot be read");
    check_text("a.onnx", "no graph", "it");
    check_text("a.onnx", "", "it holds no graph");
    check_text("a.json", "{", "is not valid JSON");
    check_text("a.txt", "hello", "its format is not known from its beginning");
    CHECK_THROWS_WITH(import_file("nowhere.keras", {}), Contains("nowhere.keras"));
    const std::string whole = read_whole_file(folder + "lstm.keras");
    for (const std::size_t size : {whole.size() / 3, whole.size() - 30})
        check_text("short.keras", whole.substr(0, size), "it is no zip archive that can be read");
    const std::string h5 = read_whole_file(folder + "joins.h5");
    for (std::size_t size = 100; size < h5.size(); size += 4000)
        check_text("short.h5", h5.substr(0, size), "cannot be imported");
}
