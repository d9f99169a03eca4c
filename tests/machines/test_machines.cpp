// What each processor wrote (write_machine_files) is read on every other, which computes the same.
#include "../support/training_data.hpp"
#include "airline.timeloom.hpp"
#include "work_of_machine.hpp"

#include "timeloom/runtime/weights/weights_file.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>

using namespace timeloom;
using namespace timeloom::tests;

namespace {

/// One folder for each processor.
std::vector<std::filesystem::path> machines() {
    std::vector<std::filesystem::path> folders;
    for (const char* processor : {"x86_64", "aarch64"}) {
        folders.push_back(std::filesystem::path("golden/machines") / processor);
    }
    return folders;
}

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
    REQUIRE(a.size() == b.size());
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        largest = std::max(largest, std::abs(double{a[i]} - b[i]));
    }
    return largest;
}

/// As far as sums in another order lead two trainings of some steps apart.
constexpr double rounding = 2e-5;

} // namespace

TEST_CASE("a seed means the same numbers on every machine") {
    const auto ours = draws();
    for (const auto& folder : machines()) {
        const WeightsFile file = load_weights(folder / "draws.safetensors");
        REQUIRE(file.tensors.size() == ours.size());
        for (std::size_t i = 0; i < ours.size(); ++i) {
            CAPTURE(folder, ours[i].first);
            CHECK(file.tensors[i].name == ours[i].first);
            CHECK(std::ranges::equal(file.tensors[i].tensor.values(), ours[i].second.values()));
        }
    }
}

TEST_CASE("a seed means the same initial weights on every machine") {
    const std::vector<float> ours = all_weights(untrained());
    for (const auto& folder : machines()) {
        CAPTURE(folder);
        Model model = untrained();
        model.set_weights("dense/bias", random_tensor({4}, 1));
        model.load_weights(folder / "initial.safetensors");
        CHECK(all_weights(model) == ours);
    }
}

TEST_CASE("a training goes on from the checkpoint of another machine") {
    Model own = untrained();
    train(own, first_epochs);
    for (const auto& folder : machines()) {
        CAPTURE(folder);
        Model resumed = untrained();
        resumed.load_checkpoint(folder / "checkpoint.safetensors");
        CHECK(resumed.epochs_trained() == first_epochs);
        CHECK(largest_difference(all_weights(resumed), all_weights(own)) < rounding);
        train(resumed, last_epochs);
        const std::vector<float> here = all_weights(resumed);
        Model there = untrained();
        const double change = largest_difference(here, all_weights(there));
        there.load_weights(folder / "trained.safetensors");
        CHECK(largest_difference(here, all_weights(there)) < rounding);
        CHECK(change > 100 * rounding); // else it would have shown nothing
    }
}

TEST_CASE("results of an ARIMA fit are read on every machine, which fits the same") {
    const ArimaResults own = fitted();
    const std::vector<double> expected = own.params();
    for (const auto& folder : machines()) {
        CAPTURE(folder);
        const ArimaResults read = ArimaResults::load(folder / "results.json", airline_plan);
        REQUIRE(read.params().size() == expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            CHECK(read.params()[i] == Approx(expected[i]).epsilon(1e-4));
        }
        CHECK(read.llf() == Approx(own.llf()).epsilon(1e-8));
        const std::vector<double> forecast = own.forecast(12).predicted_mean,
                                  of_read = read.forecast(12).predicted_mean;
        for (std::size_t i = 0; i < forecast.size(); ++i) {
            CHECK(of_read[i] == Approx(forecast[i]).epsilon(1e-4));
        }
    }
}
