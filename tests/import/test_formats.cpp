// What imported files compute against what their own frameworks computed.
#include "cases.hpp"

#include "../support/temporary_folder.hpp"

#include "timeloom/generators/import/formats/gate_table.hpp"
#include "timeloom/generators/import/import_file.hpp"
#include "timeloom/generators/import/reference/interpreter.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

using namespace timeloom;
using namespace timeloom::importing;
using nlohmann::json;

namespace {

std::map<std::string, Sequence> inputs_of(const Description& description, const json& c, std::size_t sample) {
    std::map<std::string, Sequence> inputs;
    for (const Layer& layer : description.layers)
        if (layer.kind == Kind::input) {
            const std::size_t number = inputs.size();
            inputs[layer.name] = golden::sample_of(c.at("inputs").at(number), sample, layer.timesteps == 0);
        }
    return inputs;
}

/// Over 1 + the largest output.
double difference(const Description& description, const json& c) {
    const json& output = c.at("output");
    const auto samples = output.at("shape").at(0).get<std::size_t>();
    const auto expected = golden::values<double>(output);
    double largest = 0, scale = 1;
    for (std::size_t s = 0, i = 0; s < samples; ++s) {
        const Sequence result = interpret(description, inputs_of(description, c, s));
        REQUIRE(result.values.size() == expected.size() / samples);
        for (const double value : result.values) {
            REQUIRE(std::isfinite(value));
            largest = std::max(largest, std::abs(value - expected[i]));
            scale = std::max(scale, 1 + std::abs(expected[i++]));
        }
    }
    return largest / scale;
}

void check_all(const std::string& name, double tolerance) {
    const json cases = golden::read("import/" + name + ".json");
    double largest = 0;
    int refused = 0;
    for (const json& c : cases) {
        CAPTURE(name, c.at("name").get<std::string>());
        if (c.contains("refused")) {
            CHECK_THROWS_WITH(import_file(golden::path_of(c), golden::options_of(c)),
                              Catch::Matchers::Contains(c.at("refused").get<std::string>()));
            ++refused;
            continue;
        }
        const double d = difference(import_file(golden::path_of(c), golden::options_of(c)), c);
        CHECK(d < tolerance);
        largest = std::max(largest, d);
    }
    CHECK_FALSE(cases.empty());
    std::printf("%-12s %3zu models, largest difference %.1e, %d refused\n", name.c_str(),
                cases.size() - refused, largest, refused);
}

} // namespace

TEST_CASE("Keras 3's files compute what Keras computes") { check_all("keras_3", 1e-6); }

TEST_CASE("Keras 2's files compute what tf_keras computes") { check_all("keras_2", 1e-6); }

TEST_CASE("PyTorch's state_dicts compute what PyTorch computes") { check_all("torch", 1e-6); }

TEST_CASE("RTNeural's files compute what Keras computes of its weights") { check_all("rtneural", 1e-6); }

TEST_CASE("Neural Amp Modeler's LSTMs compute what torch computes from their initial states") {
    check_all("nam", 1e-6);
}

TEST_CASE("ONNX's cells compute what onnxruntime computes") { check_all("onnx_cells", 1e-6); }

TEST_CASE("ONNX's own test vectors") { check_all("onnx_vectors", 1e-6); }

TEST_CASE("ONNX files of PyTorch's exporter compute what PyTorch computes") { check_all("onnx_torch", 1e-6); }

TEST_CASE("The documentation shows the table that readers convert by") {
    CHECK_THAT(read_whole_file("../docs/import.md"), Catch::Matchers::Contains(gate_table_text()));
}
