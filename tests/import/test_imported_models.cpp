// Imported models as programs have them: kernels of the declaration that import_model wrote, its weights, its
// replay.
#include "../support/temporary_folder.hpp"

#include "imported_amp.timeloom.hpp"
#include "imported_cell.timeloom.hpp"
#include "imported_words.timeloom.hpp"

#include "timeloom/runtime/imported/imported_weights.hpp"
#include "timeloom/runtime/streams/stream.hpp"
#include "timeloom/runtime/weights/weights_file.hpp"

#include <catch2/catch.hpp>

#include <cstdio>
#include <filesystem>
#include <vector>

using namespace timeloom;
using Catch::Matchers::Contains;

namespace {

const std::filesystem::path folder = IMPORTED_FOLDER;

/// A copy of the import whose weights are those that `change` makes of them.
template <class Change>
void copy_with(const std::filesystem::path& from, const std::filesystem::path& to, Change&& change) {
    std::filesystem::copy_file(from / "replay.safetensors", to / "replay.safetensors");
    WeightsFile file = load_weights(from / "weights.safetensors");
    std::vector<NamedValues> values;
    for (NamedTensor& t : file.tensors) {
        change(t);
        values.push_back({t.name, t.tensor.shape(), t.tensor.values()});
    }
    save_weights(to / "weights.safetensors", file.model, values);
}

void check_replay(const plan::Model& plan, const char* name) {
    Model model(plan);
    const double difference = load_imported_weights(model, folder / (std::string(name) + ".imported"));
    CHECK(difference < 2e-6);
    std::printf("%-16s replayed with a difference of %.1e\n", name, difference);
}

} // namespace

TEST_CASE("Imported models compute what was trained") {
    check_replay(imported_amp_inference_plan, "imported_amp");
    check_replay(imported_cell_inference_plan, "imported_cell");
    check_replay(imported_words_inference_plan, "imported_words");
}

TEST_CASE("An amplifier that begins with states of its own runs as a stream") {
    Model model(imported_amp_inference_plan);
    load_imported_weights(model, folder / "imported_amp.imported");
    const Tensor x(Shape{1, 6, 1}, std::vector<float>{0.5f, -0.25f, 0.125f, 1, 0, -1});
    const Tensor whole = model.predict(x);
    Stream stream(model);
    for (std::size_t t = 0; t < 6; ++t)
        CHECK(stream.step(x.row(t))[0] == Approx(whole.values()[t]).margin(2e-6));
}

TEST_CASE("A replay that differs is refused, and the weights stay as they were") {
    const TemporaryFolder changed;
    copy_with(folder / "imported_amp.imported", changed.path(), [](NamedTensor& t) {
        if (t.name.ends_with("recurrent_kernel"))
            t.tensor.values()[3] += 0.01f;
    });
    Model model(imported_amp_inference_plan);
    const std::vector<Tensor> before = model.get_weights();
    CHECK_THROWS_WITH(load_imported_weights(model, changed.path()),
                      Contains("from which the model's differs by"));
    const std::vector<Tensor> after = model.get_weights();
    REQUIRE(after.size() == before.size());
    for (std::size_t i = 0; i < before.size(); ++i)
        CHECK(std::ranges::equal(before[i].values(), after[i].values()));
}

TEST_CASE("Another model's import is refused by name") {
    Model model(imported_words_inference_plan);
    CHECK_THROWS_AS(load_imported_weights(model, folder / "imported_amp.imported"), Error);
    CHECK_THROWS_WITH(load_imported_weights(model, folder / "nowhere"), Contains("nowhere"));
}
