// Learns to continue a sum of two sines; exits with 1 where it does not. Writes its weights into the file
// that is named, and what it makes of the first window that it did not learn from.
#include "model.hpp"
#include "wave_forecaster.timeloom.hpp"

#include <timeloom/runtime/model/model.hpp>

#include <cmath>
#include <cstdio>

namespace {

constexpr std::size_t timesteps = 16;

float series(std::size_t t) {
    const auto time = static_cast<double>(t);
    return static_cast<float>(0.6 * std::sin(0.3 * time) + 0.3 * std::sin(0.77 * time));
}

struct Windows {
    timeloom::Tensor x, y;
};

/// Every window of the series from `first` on, and the value that follows each.
Windows windows(std::size_t first, std::size_t count) {
    Windows w{timeloom::Tensor({count, timesteps, 1}), timeloom::Tensor({count, 1})};
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t t = 0; t < timesteps; ++t) {
            w.x(i, t, 0) = series(first + i + t);
        }
        w.y(i, 0) = series(first + i + timesteps);
    }
    return w;
}

} // namespace

int main(int argc, char** argv) {
    const Windows past = windows(0, 256);
    const Windows future = windows(400, 64);

    timeloom::Model model(wave_forecaster_plan, {.seed = 1, .threads = 1});
    model.compile(timeloom::Adam{.learning_rate = 0.01f}, timeloom::Loss::mean_squared_error);
    timeloom::FitOptions options;
    options.epochs = 30;
    const timeloom::History history = model.fit(past.x, past.y, options);

    const timeloom::Tensor forecast = model.predict(future.x);
    double worst = 0;
    for (std::size_t i = 0; i < 64; ++i) {
        worst = std::fmax(worst, std::fabs(forecast(i, 0) - future.y(i, 0)));
    }
    const double before = history.front().training.loss;
    const double after = history.back().training.loss;
    std::printf("loss %g -> %g, worst forecast off by %g\n", before, after, worst);
    std::printf("the first of them: %.9g\n", static_cast<double>(forecast(0, 0)));
    if (argc > 1) {
        model.save_weights(argv[1]);
    }
    return after < before / 20 && worst < 0.2 ? 0 : 1;
}
