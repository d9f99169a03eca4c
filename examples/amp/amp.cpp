// An amplifier for the command line: records a pedal that it simulates, learns it, and plays recordings
// through it.
#include "../example_program.hpp"
#include "circuit.hpp"
#include "guitar.hpp"
#include "models.hpp"
#include "pedal.timeloom.hpp"
#include "playing.hpp"
#include "training.hpp"

#include <timeloom/runtime/plots/plot.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace {

using namespace amp;
using timeloom::Error;

struct Options {
    std::string dry = "dry.wav", wet = "wet.wav"; ///< the pair to learn from; or input and output
    std::string weights = "amp.safetensors", picture, json;
    double seconds = 30, held_out = 0.2;
    std::uint32_t guitar = 1;
    std::size_t block = 64;
    TrainingOptions training;
};

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void record(const Options& options) {
    require_writable({options.dry, options.wet});
    const Recording dry = played_guitar(options.seconds, options.guitar);
    write_wav(options.dry, dry);
    write_wav(options.wet, distorted(dry));
    std::printf("%s and %s: %.1f s of a guitar, and of the same behind a pedal\n", options.dry.c_str(),
                options.wet.c_str(), options.seconds);
}

Recording part(const Recording& whole, std::size_t first, std::size_t end) {
    const auto begin = whole.samples.begin();
    return {whole.sample_rate,
            {begin + static_cast<std::ptrdiff_t>(first), begin + static_cast<std::ptrdiff_t>(end)}};
}

/// 10 ms of the loudest note behind sample `first`, a tenth of a second after it was struck.
void draw(const Recording& target, const Recording& model, std::size_t first, const std::string& file) {
    const auto samples_of = [&](double seconds) {
        return static_cast<std::size_t>(seconds * target.sample_rate);
    };
    const std::size_t length = samples_of(0.01), rest = samples_of(0.1) + length;
    if (target.samples.size() < first + rest) {
        throw Error("the part of the recording that is held out is shorter than what is drawn");
    }
    const auto loudest =
        std::ranges::max_element(target.samples.begin() + static_cast<std::ptrdiff_t>(first),
                                 target.samples.end() - static_cast<std::ptrdiff_t>(rest - 1));
    const std::size_t start = static_cast<std::size_t>(loudest - target.samples.begin()) + rest - length;
    std::vector<timeloom::PlotSeries> curves{
        {"circuit", {}, {}}, {"model", {}, {}, timeloom::PlotStyle::dashed}, {"model − circuit", {}, {}}};
    for (std::size_t i = start; i < start + length; ++i) {
        const double ms = 1e3 * static_cast<double>(i - start) / target.sample_rate;
        const auto wanted = static_cast<double>(target.samples[i]),
                   made = static_cast<double>(model.samples[i]);
        const std::array<double, 3> values{wanted, made, made - wanted};
        for (std::size_t c = 0; c < curves.size(); ++c) {
            curves[c].x.push_back(ms);
            curves[c].y.push_back(values[c]);
        }
    }
    timeloom::plot_lines(file, "10 ms that the model did not learn from", "ms", "V", curves);
}

void train(const Options& options) {
    require_writable({options.weights, options.picture, options.json});
    const Recording dry = read_wav(options.dry), wet = read_wav(options.wet);
    const auto start = std::chrono::steady_clock::now();
    const auto learned =
        static_cast<std::size_t>((1 - options.held_out) * static_cast<double>(dry.samples.size()));
    if (wet.samples.size() < learned) {
        throw Error("'" + options.wet + "' is shorter than '" + options.dry + "'; they must be a pair");
    }
    TrainingOptions training = options.training;
    training.progress = [&](std::size_t epoch, double error) {
        std::printf("epoch %3zu of %zu: error-to-signal ratio %.3f %%\n", epoch, training.epochs,
                    100 * error);
        std::fflush(stdout);
    };
    const timeloom::Model model = trained_amp(part(dry, 0, learned), part(wet, 0, learned), training);
    const double seconds = seconds_since(start);
    const Recording made = played(model, dry, options.block);
    const double heard = error_to_signal(made, wet, learned, static_cast<double>(emphasis));
    const double plain = error_to_signal(made, wet, learned, 0);
    std::printf(
        "trained in %.1f s; over the last %.1f s, which it did not learn from, the error-to-signal ratio is "
        "%.3f %% with a pre-emphasis of %.2f, and %.3f %% without\n",
        seconds, options.held_out * dry.seconds(), 100 * heard, static_cast<double>(emphasis), 100 * plain);
    model.save_weights(options.weights);
    if (!options.picture.empty()) {
        draw(wet, made, learned, options.picture);
    }
    write_results(options.json,
                  {{"seconds", seconds}, {"error_to_signal", heard}, {"without_emphasis", plain}});
}

void play(const Options& options) {
    require_writable({options.wet});
    timeloom::Model model(pedal_inference_plan, {.threads = 1});
    model.load_weights(options.weights);
    const Recording dry = read_wav(options.dry);
    const auto start = std::chrono::steady_clock::now();
    const Recording wet = played(model, dry, options.block);
    const double seconds = seconds_since(start);
    write_wav(options.wet, wet);
    std::printf("%s: %.1f s played in %.3f s, a real-time factor of %.4f\n", options.wet.c_str(),
                dry.seconds(), seconds, seconds / dry.seconds());
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app("Learns an amplifier from a pair of recordings, and plays recordings through it.");
    app.option_defaults()->always_capture_default();
    app.require_subcommand(1);

    CLI::App* recording =
        app.add_subcommand("record", "make a pair: a guitar, and the same behind a simulated pedal");
    recording->add_option("dry", options.dry, "WAV file to write: the guitar");
    recording->add_option("wet", options.wet, "WAV file to write: what the pedal makes of it");
    recording->add_option("--seconds", options.seconds, "length of both")->check(CLI::Range(0.1, 3600.0));
    recording->add_option("--seed", options.guitar, "of what the guitar plays");

    CLI::App* training = app.add_subcommand("train", "learn what makes the one recording of the other");
    training->add_option("dry", options.dry, "WAV file: what the amplifier hears")->check(CLI::ExistingFile);
    training->add_option("wet", options.wet, "WAV file: what it makes of it")->check(CLI::ExistingFile);
    training->add_option("--weights", options.weights, "safetensors file to write");
    training->add_option("--epochs", options.training.epochs, "times that the recordings are heard")
        ->check(CLI::PositiveNumber);
    training->add_option("--learning-rate", options.training.learning_rate, "of Adam, at first");
    training->add_option("--seed", options.training.seed, "of the weights at first");
    training->add_option("--threads", options.training.threads, "0: as many as there are processors");
    training->add_option("--held-out", options.held_out, "share at the end that is only tried")
        ->check(CLI::Range(0.01, 0.9));
    training->add_option("--picture", options.picture, "draw circuit and model, as SVG or PNG");
    training->add_option("--json", options.json, "write the results to this file, too");

    CLI::App* playing = app.add_subcommand("play", "play a recording through the amplifier");
    playing->add_option("input", options.dry, "mono WAV file to read")->required()->check(CLI::ExistingFile);
    playing->add_option("output", options.wet, "WAV file to write")->required();
    playing->add_option("--weights", options.weights, "safetensors file of a training")
        ->check(CLI::ExistingFile);
    playing->add_option("--block", options.block, "samples at a time")->check(CLI::PositiveNumber);
    CLI11_PARSE(app, argc, argv);
    return run_program("amp", [&] {
        recording->parsed() ? record(options) : training->parsed() ? train(options) : play(options);
    });
}
