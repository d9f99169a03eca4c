// Exported files: what other frameworks made of the same bytes, and what stands in them.
#include "cases.hpp"

#include "timeloom/runtime/base/crc32.hpp"
#include "timeloom/runtime/error.hpp"
#include "timeloom/runtime/weights/weights_file.hpp"
#include "timeloom/tests/support/golden_file.hpp"
#include "timeloom/tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <map>

using namespace timeloom;

namespace {

/// A reader of the wire format that shares nothing with what writes it.
class Fields {
  public:
    struct Field {
        unsigned number = 0;
        std::uint64_t value = 0;
        std::string_view bytes{};
    };

    explicit Fields(std::string_view message) : rest_(message) {}

    bool next(Field& field) {
        if (rest_.empty()) {
            return false;
        }
        const std::uint64_t tag = varint();
        field = {static_cast<unsigned>(tag >> 3)};
        if (tag % 8 == 0) {
            field.value = varint();
        } else {
            const std::uint64_t length = tag % 8 == 2 ? varint() : 4;
            REQUIRE((tag % 8 == 2 || tag % 8 == 5));
            REQUIRE(length <= rest_.size());
            field.bytes = rest_.substr(0, length);
            rest_.remove_prefix(length);
        }
        return true;
    }

  private:
    std::uint64_t varint() {
        std::uint64_t value = 0;
        for (int shift = 0;; shift += 7) {
            REQUIRE_FALSE(rest_.empty());
            const auto byte = static_cast<unsigned char>(rest_.front());
            rest_.remove_prefix(1);
            value |= std::uint64_t{byte & 127u} << shift;
            if (byte < 128) {
                return value;
            }
        }
    }
    std::string_view rest_;
};

/// How many nodes of which operator stand in a graph, those inside Scan included.
void count_operators(std::string_view graph, std::map<std::string, int>& counts) {
    Fields fields(graph);
    for (Fields::Field node; fields.next(node);) {
        if (node.number != 1) {
            continue;
        }
        Fields parts(node.bytes);
        for (Fields::Field part; parts.next(part);) {
            if (part.number == 4) {
                ++counts[std::string(part.bytes)];
            } else if (part.number == 5) {
                Fields attribute(part.bytes);
                for (Fields::Field f; attribute.next(f);) {
                    if (f.number == 6) {
                        count_operators(f.bytes, counts);
                    }
                }
            }
        }
    }
}

std::map<std::string, int> operators_of(const std::string& file) {
    std::map<std::string, int> counts;
    Fields model(file);
    for (Fields::Field f; model.next(f);) {
        if (f.number == 7) {
            count_operators(f.bytes, counts);
        }
    }
    return counts;
}

/// The framework's output on the very bytes that are written now.
void check_against(const nlohmann::json& expected, const std::string& file, const Tensor& ours) {
    REQUIRE(expected["crc32"] == crc32(std::as_bytes(std::span(file))));
    const std::vector<float> theirs = expected["output"];
    REQUIRE(theirs.size() == ours.values().size());
    for (std::size_t i = 0; i < theirs.size(); ++i) {
        CHECK(std::fabs(ours.values()[i] - theirs[i]) <= 1e-6f);
    }
}

} // namespace

TEST_CASE("onnxruntime computes what the model does") {
    const nlohmann::json values = golden::read("export.json");
    const TemporaryFolder folder;
    for (const plan::Model* const plan : tests::exported_models) {
        CAPTURE(plan->name);
        Model model = tests::exported_model(*plan);
        const tests::ExportedInputs inputs(*plan);
        model.save_onnx(folder.path() / "model.onnx");
        check_against(values["onnxruntime"][std::string(plan->name)],
                      read_whole_file(folder.path() / "model.onnx"), inputs.predicted_by(model));
    }
}

TEST_CASE("PyTorch and Keras load what save_weights() writes for them") {
    const nlohmann::json values = golden::read("export.json");
    const TemporaryFolder folder;
    Model model = tests::exported_model(shared_by_all_inference_plan);
    const Tensor ours = tests::ExportedInputs(shared_by_all_inference_plan).predicted_by(model);
    model.save_weights(folder.path() / "pytorch", WeightNames::pytorch);
    check_against(values["pytorch"]["shared_by_all"], read_whole_file(folder.path() / "pytorch"), ours);
    model.save_weights(folder.path() / "keras", WeightNames::keras);
    check_against(values["keras"]["shared_by_all"], read_whole_file(folder.path() / "keras"), ours);
}

TEST_CASE("built-in cells are ONNX's own operators, and others are Scan") {
    const TemporaryFolder folder;
    const auto operators = [&](const plan::Model& plan) {
        tests::exported_model(plan).save_onnx(folder.path() / "model.onnx");
        return operators_of(read_whole_file(folder.path() / "model.onnx"));
    };
    auto of = operators(keras_regression_inference_plan);
    CHECK(of["LSTM"] == 1);
    CHECK(of["GRU"] == 1);
    CHECK(of["Scan"] == 0);
    of = operators(shared_by_all_inference_plan);
    CHECK(of["LSTM"] == 2);
    CHECK(of["RNN"] == 1);
    CHECK(of["Gather"] == 1);
    CHECK(of["LayerNormalization"] == 1);
    of = operators(gated_inference_plan);
    CHECK(of["Scan"] == 1);
    CHECK(of["Tanh"] == 1);
    CHECK(of["Sigmoid"] == 1);
    CHECK(of["MatMul"] == 4); // three of the cell, and dense
}

TEST_CASE("weights that another framework could not use are refused by name") {
    const TemporaryFolder folder;
    const auto save = [&](const plan::Model& plan) {
        tests::exported_model(plan).save_weights(folder.path() / "weights", WeightNames::pytorch);
    };
    CHECK_THROWS_WITH(save(tagger_inference_plan),
                      Catch::Contains("layer gru_reset_before resets before the product with the state, but "
                                      "torch.nn.GRU resets after it"));
    CHECK_THROWS_WITH(save(gated_inference_plan),
                      Catch::Contains("is a cell of your own, which PyTorch has not"));
    CHECK_FALSE(std::filesystem::exists(folder.path() / "weights"));

    Model called = tests::exported_model(amp_inference_plan);
    called.set_call([](Call& call) { return call.layer("dense", call.layer("lstm", call.input())); });
    CHECK_THROWS_WITH(called.save_onnx(folder.path() / "called.onnx"),
                      Catch::Contains("a call of the user's own"));
    CHECK_THROWS_AS(tests::exported_model(amp_inference_plan).save_onnx(folder.path() / "no" / "folder.onnx"),
                    Error);
}

TEST_CASE("weights under their own names are loaded again") {
    const TemporaryFolder folder;
    const Model model = tests::exported_model(amp_inference_plan);
    model.save_weights(folder.path() / "weights", WeightNames::timeloom);
    Model other(amp_inference_plan, {.threads = 1});
    other.load_weights(folder.path() / "weights");
    CHECK(other.get_weights("lstm/kernel").values()[3] == model.get_weights("lstm/kernel").values()[3]);
}
