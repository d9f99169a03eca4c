/* A C program around a model that is linked with its weights: prints the amplified samples of a signal twice. */
#include "amp.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* A signal whose values are floats of few digits, the same in every program. */
static float sample(int t) { return (float)((t * 37) % 101 - 50) / 64.0f; }

static void run(amp_state* state, int steps) {
    int t;
    for (t = 0; t < steps; ++t) {
        const float input = sample(t);
        float output;
        if (amp_step(state, &input, &output) != 0) {
            exit(1);
        }
        printf("%a\n", (double)output);
    }
}

int main(void) {
    static amp_state state, saved;
    const float nothing = NAN;
    float output = 0;
    amp_reset(&state);
    run(&state, 40);
    saved = state; /* a copy goes on where the first one stands */
    if (amp_step(&state, &nothing, &output) != 1 || output != 0) {
        return 2; /* what is no number is refused, and changes nothing */
    }
    run(&state, 3);
    run(&saved, 3);
    amp_reset(&state);
    run(&state, 40);
    return 0;
}
