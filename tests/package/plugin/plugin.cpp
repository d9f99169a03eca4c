// The first forecast of the consumer's main.cpp, from its weights, one sample at a time.
#include "wave_forecaster.timeloom.hpp"

#include <timeloom/runtime/streams/stream.hpp>

#include <cmath>
#include <cstdio>

int main(int, char** argv) {
    timeloom::Model model(wave_forecaster_inference_plan, {.threads = 1});
    model.load_weights(argv[1]);
    timeloom::Stream stream(model);
    float forecast = 0;
    for (int t = 400; t < 416; ++t) {
        const auto sample = static_cast<float>(0.6 * std::sin(0.3 * t) + 0.3 * std::sin(0.77 * t));
        forecast = stream.step({&sample, 1})[0];
    }
    std::printf("the first of them: %.9g\n", static_cast<double>(forecast));
}
