/* What main.cpp makes of the first window that it did not learn from, by the model that is linked in. */
#include "wave_forecaster.h"

#include <math.h>
#include <stdio.h>

int main(void) {
    static wave_forecaster_state state;
    float output = 0;
    int t;
    wave_forecaster_reset(&state);
    for (t = 400; t < 416; ++t) {
        const float input = (float)(0.6 * sin(0.3 * t) + 0.3 * sin(0.77 * t));
        if (wave_forecaster_step(&state, &input, &output) != 0) {
            return 1;
        }
    }
    printf("the first of them: %.9g\n", (double)output);
    return 0;
}
