// Plays numbers, one sample a line, through the amplifier that guitar.nam was trained to be.
#include "guitar.timeloom.hpp"

#include <timeloom/runtime/imported/imported_weights.hpp>
#include <timeloom/runtime/streams/stream.hpp>

#include <cstdio>

int main(int argc, char** argv) try {
    timeloom::Model model(guitar_inference_plan);
    timeloom::load_imported_weights(model, argc > 1 ? argv[1] : "guitar.imported"); // refuses what differs
    timeloom::Stream amplifier(model);
    for (float sample = 0; std::scanf("%f", &sample) == 1;)
        std::printf("%g\n", static_cast<double>(amplifier.step(std::span(&sample, 1))[0]));
} catch (const timeloom::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
