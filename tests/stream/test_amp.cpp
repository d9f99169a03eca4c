// The example amp: its circuit, its files, what it learns and what it plays.
#include "../support/temporary_folder.hpp"
#include "circuit.hpp"
#include "guitar.hpp"
#include "pedal.timeloom.hpp"
#include "playing.hpp"
#include "training.hpp"

#include <timeloom/runtime/error.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <numbers>

using namespace amp;
using timeloom::Error;

namespace {

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

template <class Call>
std::string message_of(Call&& call) {
    try {
        call();
    } catch (const Error& error) {
        return error.what();
    }
    return "nothing was thrown";
}

/// The pedal's differential equations from end to end, by Runge and Kutta's explicit steps: the high-pass,
/// the diodes, and two sections of an analog Butterworth low-pass.
class PedalEquations {
  public:
    double sample(double from, double to, double rate) {
        constexpr int steps = 400;
        const double h = 1 / (rate * steps);
        for (int i = 0; i < steps; ++i) {
            const auto input = [&](double at) { return from + (to - from) * (i + at) / steps; };
            const State a = slopes(state_, input(0)), b = slopes(moved(a, h / 2), input(0.5)),
                        c = slopes(moved(b, h / 2), input(0.5)), d = slopes(moved(c, h), input(1));
            for (std::size_t k = 0; k < state_.size(); ++k) {
                state_[k] += h / 6 * (a[k] + 2 * b[k] + 2 * c[k] + d[k]);
            }
        }
        return state_[4];
    }

  private:
    using State = std::array<double, 6>;

    State moved(const State& slope, double h) const {
        State moved = state_;
        for (std::size_t k = 0; k < moved.size(); ++k) {
            moved[k] += h * slope[k];
        }
        return moved;
    }

    static State slopes(const State& s, double x) {
        constexpr double turn = 2 * std::numbers::pi, corner = turn * 18'000;
        const double v = s[1], v_in = 30 * (x - s[0]);
        const double diodes = 2.52e-9 * (std::exp(v / 45.3e-3) - std::exp(-v / 90.6e-3));
        return {turn * 120 * (x - s[0]),
                ((v_in - v) / 2200 - diodes) / 10e-9,
                s[3],
                corner * corner * (v - s[2]) - 1.847759 * corner * s[3],
                s[5],
                corner * corner * (s[2] - s[4]) - 0.765367 * corner * s[5]};
    }

    State state_{};
};

Recording sine(double frequency, double loudness, std::size_t samples) {
    Recording recording;
    for (std::size_t i = 0; i < samples; ++i) {
        const double turns = frequency * static_cast<double>(i) / recording.sample_rate;
        recording.samples.push_back(static_cast<float>(loudness * std::sin(2 * std::numbers::pi * turns)));
    }
    return recording;
}

} // namespace

TEST_CASE("the pedal does what its differential equations say") {
    for (const double loudness : {0.001, 0.05, 0.5}) {
        const Recording dry = sine(440, loudness, 500), wet = distorted(dry);
        PedalEquations equations;
        double before = 0, largest = 0, difference = 0;
        for (std::size_t i = 0; i < dry.samples.size(); ++i) {
            const auto x = static_cast<double>(dry.samples[i]);
            const double exact = equations.sample(before, x, dry.sample_rate);
            before = x;
            largest = std::max(largest, std::abs(exact));
            difference = std::max(difference, std::abs(exact - static_cast<double>(wet.samples[i])));
        }
        INFO("loudness " << loudness << ", largest " << largest << ", difference " << difference);
        CHECK(difference < 0.005 * largest);
    }
}

TEST_CASE("a recording is read as it was written, and what is none is refused") {
    const timeloom::TemporaryFolder folder;
    const std::string path = (folder.path() / "a.wav").string();
    write_wav(path, played_guitar(0.1, 3));
    const Recording read = read_wav(path);
    CHECK(read.sample_rate == 48'000);
    CHECK(same_bits(read.samples, played_guitar(0.1, 3).samples));

    std::fstream(path, std::ios::in | std::ios::out | std::ios::binary).seekp(22).put(2); // channels
    CHECK(message_of([&] { read_wav(path); }) == "'" + path + "' has 2 channels; give one of one channel");
    const std::string missing = (folder.path() / "b.wav").string();
    CHECK(message_of([&] { read_wav(missing); }).starts_with("'" + missing + "' cannot be read: "));
}

TEST_CASE("the error-to-signal ratio is that of its formula") {
    const Recording target{48'000, {1, 2, -1}}, made{48'000, {1.5f, 2, -2}};
    // errors 0.5, 0, −1; with half of the sample before taken off 0.5, −0.25, −1; signals 1, 1.5, −2
    CHECK(error_to_signal(made, target, 0, 0) == Approx(1.25 / 6));
    CHECK(error_to_signal(made, target, 0, 0.5) == Approx(1.3125 / 7.25));
    CHECK(error_to_signal(made, target, 1, 0) == Approx(1.0 / 5));
}

TEST_CASE("a trained pedal plays the same in blocks of any size, from its weights file too") {
    const Recording dry = played_guitar(3, 1), wet = distorted(dry);
    double error = 1;
    const timeloom::Model trained = trained_amp(
        dry, wet, {.epochs = 60, .threads = 1, .progress = [&](std::size_t, double now) { error = now; }});
    CHECK(error < 0.05);

    const Recording whole = played(trained, dry, dry.samples.size());
    // The training hears windows side by side, each row from silence, so that the two are near and no more.
    CHECK(error_to_signal(whole, wet, 0, 0.85) == Approx(error).epsilon(0.3));
    for (const std::size_t block : {1u, 7u, 64u, 1000u}) {
        CHECK(same_bits(played(trained, dry, block).samples, whole.samples));
    }

    const timeloom::TemporaryFolder folder;
    const std::string weights = (folder.path() / "pedal.safetensors").string();
    trained.save_weights(weights);
    timeloom::Model loaded(pedal_inference_plan, {.threads = 1});
    loaded.load_weights(weights);
    CHECK(same_bits(played(loaded, dry, 64).samples, whole.samples));
}

TEST_CASE("what cannot be learned or played is refused") {
    const Recording dry = played_guitar(1, 1);
    Recording other = dry;
    other.samples.pop_back();
    CHECK(message_of([&] { trained_amp(dry, other, {}); }) ==
          "the recordings are no pair: one has 48000 samples at 48000 Hz, the other 47999 at 48000 Hz");
    CHECK(message_of([&] {
              trained_amp({48'000, {1, 2}}, {48'000, {1, 2}}, {});
          }) == "the recordings have 2 samples; a training needs 8192 or more");
    other = dry;
    std::ranges::fill(other.samples, 0.0f);
    CHECK(message_of([&] { trained_amp(dry, other, {}); }) == "the second recording is silent");

    other.samples[100] = std::numeric_limits<float>::quiet_NaN();
    const timeloom::Model model(pedal_inference_plan, {.threads = 1});
    CHECK(message_of([&] { played(model, other, 64); }) ==
          "among the samples from 64 on one is infinite or no number");
}
