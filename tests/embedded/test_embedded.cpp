// Models linked with their weights against the runtime, bit for bit.
#include "amp.h"
#include "amp.timeloom.hpp"
#include "everything.h"
#include "everything.timeloom.hpp"
#include "keras_classification.h"
#include "keras_classification.timeloom.hpp"
#include "ongoing.h"
#include "ongoing.timeloom.hpp"
#include "tagger.h"
#include "tagger.timeloom.hpp"
#include "wide.h"
#include "wide.timeloom.hpp"
#include "words_of_cells.h"
#include "words_of_cells.timeloom.hpp"

#include "timeloom/runtime/embedded/memory_map.hpp"
#include "timeloom/runtime/export/embed_main.hpp"
#include "timeloom/runtime/streams/stream.hpp"
#include "timeloom/tests/support/training_data.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <limits>
#include <sstream>

using namespace timeloom;

namespace {

Model trained(const plan::Model& plan) {
    Model model(plan, {.threads = 1});
    model.load_weights(std::string(WEIGHTS_FOLDER) + "/" + std::string(plan.name) + ".safetensors");
    return model;
}

bool same_bits(std::span<const float> a, std::span<const float> b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

std::string printed(const std::string& command) {
    std::string text;
    FILE* const pipe = popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::array<char, 256> piece;
    while (const std::size_t count = fread(piece.data(), 1, piece.size(), pipe)) {
        text.append(piece.data(), count);
    }
    REQUIRE(pclose(pipe) == 0);
    return text;
}

/// Steps of the model's stream and of `step`, which gets features and a place for the output; of as many
/// steps at a time as `block` says.
template <class Step>
void check_steps(const plan::Model& plan, int steps, std::size_t outputs, int block, const Step& step) {
    const Model model = trained(plan);
    Stream stream(model);
    const auto features = static_cast<std::size_t>(plan.inputs[0].features);
    const Tensor x = random_tensor({1, static_cast<std::size_t>(steps), features}, 5);
    for (int t = 0; t < steps; t += block) {
        CAPTURE(plan.name, t, block);
        const auto count = static_cast<std::size_t>(std::min(block, steps - t));
        const auto values = x.values().subspan(static_cast<std::size_t>(t) * features, count * features);
        std::vector<float> output(count * outputs, -1.0f), expected(count * outputs);
        REQUIRE(step(values.data(), output.data(), static_cast<std::int32_t>(count)) == 0);
        REQUIRE(stream.process(values, expected, count));
        REQUIRE(same_bits(output, expected));
    }
}

} // namespace

TEST_CASE("an embedded model computes what a stream does, in steps and in blocks") {
    const auto check = [](const plan::Model& plan, auto& state, auto reset, auto step, auto process,
                          std::size_t outputs) {
        std::memset(&state, 255, sizeof state);
        for (const int steps : {50, 3}) {
            reset(&state);
            check_steps(plan, steps, outputs, 1,
                        [&](const float* x, float* y, std::int32_t) { return step(&state, x, y); });
        }
        for (const int block : {2, 7, 50}) {
            reset(&state);
            check_steps(plan, 50, outputs, block, [&](const float* x, float* y, std::int32_t count) {
                return process(&state, x, y, count);
            });
        }
    };
    static amp_state amp;
    static tagger_state tagger;
    static wide_state wide;
    check(amp_inference_plan, amp, amp_reset, amp_step, amp_process, amp_outputs);
    check(tagger_plan, tagger, tagger_reset, tagger_step, tagger_process, tagger_outputs);
    // goes through its weights forth and back
    check(wide_plan, wide, wide_reset, wide_step, wide_process, wide_outputs);
}

TEST_CASE("a block of an embedded model is refused as a whole, and may be computed in place") {
    static amp_state state, other;
    amp_reset(&state);
    amp_reset(&other);
    std::array<float, 4> both{0.5f, -1, 2, 0.25f}, apart{};
    REQUIRE(amp_process(&other, both.data(), apart.data(), 4) == 0);
    std::array<float, 4> broken{0.5f, -1, std::numeric_limits<float>::quiet_NaN(), 0.25f}, untouched{};
    CHECK(amp_process(&state, broken.data(), untouched.data(), 4) == 1);
    CHECK(amp_process(&state, both.data(), untouched.data(), -1) == 1);
    CHECK(same_bits(untouched, std::array<float, 4>{}));
    REQUIRE(amp_process(&state, both.data(), both.data(), 4) == 0);
    CHECK(same_bits(both, apart));

    static keras_classification_state words;
    keras_classification_reset(&words);
    const std::array<std::int32_t, 3> tokens{3, 0, 10}, unknown{3, 11, 0};
    std::array<float, 3 * keras_classification_outputs> steps{}, block{};
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        keras_classification_step(&words, tokens[i], &steps[i * keras_classification_outputs]);
    }
    keras_classification_reset(&words);
    CHECK(keras_classification_process(&words, unknown.data(), block.data(), 3) == 1);
    REQUIRE(keras_classification_process(&words, tokens.data(), block.data(), 3) == 0);
    CHECK(same_bits(block, steps));
}

TEST_CASE("an embedded model of token ids") {
    const Model model = trained(keras_classification_plan);
    Stream stream(model);
    static keras_classification_state state;
    keras_classification_reset(&state);
    for (const std::int32_t token : {3, 0, 10, 7, 7, 1}) {
        float output = -1;
        REQUIRE(keras_classification_step(&state, token, &output) == 0);
        CHECK(same_bits({&output, 1}, stream.step(token)));
    }
    float untouched = -1;
    CHECK(keras_classification_step(&state, 11, &untouched) == 1);
    CHECK(keras_classification_step(&state, -1, &untouched) == 1);
    CHECK(untouched == -1);
}

TEST_CASE("a refused value leaves an embedded model as it was") {
    const Model model = trained(tagger_plan);
    Stream stream(model);
    static tagger_state state;
    tagger_reset(&state);
    const std::array<float, 3> x{0.5f, -1, 2}, broken{1, std::numeric_limits<float>::infinity(), 1};
    std::array<float, 4> output{};
    for (int i = 0; i < 2; ++i) {
        REQUIRE(tagger_step(&state, x.data(), output.data()) == 0);
        CHECK(same_bits(output, stream.step(x)));
        CHECK(tagger_step(&state, broken.data(), output.data()) == 1);
    }
}

TEST_CASE("a copy of a state is a sequence of its own") {
    static tagger_state state, other;
    tagger_reset(&state);
    const std::array<float, 3> x{0.5f, -1, 2}, y{-2, 0, 1};
    std::array<float, 4> first{}, second{};
    tagger_step(&state, x.data(), first.data());
    other = state;
    tagger_step(&state, y.data(), first.data());
    tagger_step(&state, y.data(), first.data());
    tagger_step(&other, y.data(), second.data());
    CHECK_FALSE(same_bits(first, second));
    tagger_step(&other, y.data(), second.data());
    CHECK(same_bits(first, second));
}

TEST_CASE("a state may lie at any place for floats") {
    static amp_state state;
    alignas(64) static std::array<unsigned char, sizeof(amp_state) + 64> places;
    amp_reset(&state);
    const std::array<float, 5> x{0.5f, -1, 2, 0.25f, -0.5f};
    std::array<float, 5> expected{}, made{};
    REQUIRE(amp_process(&state, x.data(), expected.data(), 5) == 0);
    for (std::size_t offset = 0; offset < 64; offset += sizeof(float)) {
        CAPTURE(offset);
        auto* const moved = reinterpret_cast<amp_state*>(places.data() + offset);
        amp_reset(moved);
        REQUIRE(amp_process(moved, x.data(), made.data(), 5) == 0);
        CHECK(same_bits(made, expected));
    }
}

// ---- Models that need the whole sequence ----

TEST_CASE("an embedded model predicts sequences of which some steps are masked") {
    Model model = trained(words_of_cells_plan);
    static words_of_cells_state state;
    words_of_cells_reset(&state);
    for (const TokenMatrix& x : {TokenMatrix{1, 9, {3, 299, 0, 0, 7, 7, 150, 2, 0}},
                                 TokenMatrix{1, 9, {0, 1, 2, 3, 4, 5, 6, 7, 8}}}) {
        std::array<float, words_of_cells_output_steps * words_of_cells_outputs> output{};
        REQUIRE(words_of_cells_predict(&state, x.values.data(), output.data()) == 0);
        const Tensor expected = model.predict(x);
        for (std::size_t i = 0; i < output.size(); ++i) { // others of its sums are looked up
            CHECK(output[i] == Approx(expected.values()[i]).margin(1e-6));
        }
    }
}

TEST_CASE("an embedded model of all layers") {
    Model model = trained(everything_inference_plan);
    static everything_state state;
    everything_reset(&state);
    Tensor x = random_tensor({1, 12, 4}, 3);
    std::ranges::fill(x.values().subspan(8, 4), -1.0f); // step 2 is masked
    for (const int length : {12, 5, 1, 9}) {
        CAPTURE(length);
        const std::vector<int> lengths{length};
        const TokenMatrix words{1, 5, {3, 0, 8, length % 9, 0}};
        std::array<float, everything_outputs> output{};
        REQUIRE(everything_predict(&state, x.data(), length, words.values.data(), output.data()) == 0);
        CHECK(same_bits(output, model.predict({Input(x, lengths), Input(words)}).values()));
    }
    std::array<float, everything_outputs> output{-1};
    const std::array<std::int32_t, 5> words{1, 2, 3, 4, 9}; // 9 is none
    CHECK(everything_predict(&state, x.data(), 12, words.data(), output.data()) == 1);
    CHECK(everything_predict(&state, x.data(), 0, words.data(), output.data()) == 1);
    CHECK(everything_predict(&state, x.data(), 13, words.data(), output.data()) == 1);
    CHECK(output[0] == -1);
}

TEST_CASE("a stateful embedded model goes on where it stood") {
    Model model = trained(ongoing_plan);
    static ongoing_state state;
    ongoing_reset(&state);
    for (std::uint64_t part = 0; part < 3; ++part) {
        const Tensor x = random_tensor({1, 7, 3}, part);
        std::array<float, ongoing_output_steps * ongoing_outputs> output{};
        REQUIRE(ongoing_predict(&state, x.data(), output.data()) == 0);
        CHECK(same_bits(output, model.predict(x).values()));
    }
    ongoing_reset(&state);
    model.reset_states();
    const Tensor x = random_tensor({1, 7, 3}, 9);
    std::array<float, ongoing_output_steps * ongoing_outputs> output{};
    ongoing_predict(&state, x.data(), output.data());
    CHECK(same_bits(output, model.predict(x).values()));
}

// ---- The program in C ----

TEST_CASE("a program in C computes what a stream does") {
    const Model model = trained(amp_inference_plan);
    Stream stream(model);
    std::istringstream lines(printed(AMP_COMMAND));
    const auto check = [&](int first, int count) {
        for (int t = first; t < first + count; ++t) {
            const float x = static_cast<float>((t * 37) % 101 - 50) / 64.0f;
            std::string line;
            REQUIRE(std::getline(lines, line));
            const float expected = stream.step(std::span(&x, 1))[0];
            CHECK(std::stof(line) == expected);
        }
    };
    check(0, 40);
    check(0, 3); // the state and its copy
    stream.reset_states();
    for (int t = 0; t < 40; ++t) {
        const float x = static_cast<float>((t * 37) % 101 - 50) / 64.0f;
        stream.step(std::span(&x, 1));
    }
    check(0, 3);
    stream.reset_states();
    check(0, 40);
    std::string line;
    CHECK_FALSE(std::getline(lines, line));
}

TEST_CASE("a program around an LSTM of 16 units is small and needs no C++") {
    CHECK(std::filesystem::file_size(AMP_PROGRAM) < 100'000);
    CHECK(printed("readelf --dynamic " AMP_PROGRAM).find("stdc++") == std::string::npos);
    // All that the object asks others for: it can allocate nothing, read no file and throw nothing.
    std::istringstream names(printed("nm --undefined-only --format=posix " AMP_OBJECT));
    const std::vector<std::string> known{
        "memset", "memcpy", "memmove", "floorf", "__cpu_model", "__cpu_features2", "_GLOBAL_OFFSET_TABLE_"};
    for (std::string line; std::getline(names, line);) {
        const std::string name = line.substr(0, line.find(' '));
        CAPTURE(name);
        CHECK(std::ranges::find(known, name) != known.end());
    }
}

// ---- What writes them ----

TEST_CASE("weights of another model or of none are not embedded") {
    const std::string folder = WEIGHTS_FOLDER;
    CHECK_THROWS_WITH(embed_model(tagger_plan, 0, folder + "/amp.safetensors"), Catch::Contains("holds no"));
    CHECK_THROWS_WITH(embed_model(tagger_plan, 0, folder + "/none.safetensors"),
                      Catch::Contains("none.safetensors"));
}

TEST_CASE("a header names inputs and sizes") {
    const auto header = [](const plan::Model& plan, std::size_t floats) {
        const std::string weights =
            std::string(WEIGHTS_FOLDER) + "/" + std::string(plan.name) + ".safetensors";
        return embed_model(plan, floats, weights).header;
    };
    const std::string steps = header(tagger_plan, embedded::floats_of<tagger_plan>);
    CHECK(steps.find("int tagger_step(tagger_state* state, const float* input, float* output);") !=
          std::string::npos);
    CHECK(steps.find("int tagger_process(tagger_state* state, const float* input, float* output, int32_t "
                     "samples);") != std::string::npos);
    CHECK(steps.find("tagger_outputs = 4,") != std::string::npos);
    const std::string whole =
        header(everything_inference_plan, embedded::floats_of<everything_inference_plan>);
    CHECK(whole.find("int everything_predict(everything_state* state, const float* x, int32_t x_steps, "
                     "const int32_t* words, float* output);") != std::string::npos);
    CHECK(whole.find("words[5] in [0, 9)") != std::string::npos);
    CHECK(whole.find("everything_process") == std::string::npos);
}
